// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"fmt"

	"revgn/analysis"
	"revgn/data"
)

// Parts are the parts of a data set that a probe set can be of.
func Parts() []string { return []string{"test", "train"} }

// Probe is the first n samples of a part of the data, without augmentation; all of them where there are no more.
func Probe(source *data.Source, part string, n int) (analysis.Probe, error) {
	set := source.Test
	switch part {
	case "test":
	case "train":
		set = source.Train
	default:
		return analysis.Probe{}, fmt.Errorf("part: got %q; allowed: test, train", part)
	}
	if n < 1 {
		return analysis.Probe{}, fmt.Errorf("probes: got %d; want 1 or more", n)
	}
	n = min(n, set.Len())
	return analysis.NewProbe(source.Name, part, set.X[:n*set.D], set.Y[:n], set.Classes)
}
