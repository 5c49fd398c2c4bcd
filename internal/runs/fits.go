// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"fmt"

	"revgn/internal/host"
	"revgn/model"
)

// maxFeatures bounds what manifest.json can say of the data, so that no product of sizes overflows. The options of config.yaml have bounds of their own.
const maxFeatures = 10_000_000

// fits refuses a network whose trained weights alone this machine could not hold: two small files can describe one of any size.
func fits(c model.Config) error {
	if c.Width > maxFeatures {
		return fmt.Errorf("%d features, want at most %d", c.Width, maxFeatures)
	}
	need := float64(c.Trainable()) * float64(c.DType.Size())
	if free, known := host.Available(); known && need > float64(free) {
		return fmt.Errorf("its weights take %.3g GiB, and this machine has %.3g GiB left", need/(1<<30), float64(free)/(1<<30))
	}
	return nil
}
