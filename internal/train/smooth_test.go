// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"testing"

	"revgn/internal/config"
)

// Smooth activations leave the Gram matrix of the digits near singular in float32. Steps are then not exact, but they are sound: finite, no worse than doing
// nothing, and the loss falls.
func TestSmoothActivationsAreSound(t *testing.T) {
	if testing.Short() {
		t.Skip("trains four networks of the digits preset's size")
	}
	for _, a := range []config.Activation{config.ReLU, config.GELU, config.SiLU, config.Tanh} {
		t.Run(string(a), func(t *testing.T) {
			o := options(t, "digits", 3)
			o.Hidden, o.BatchSize, o.Activation, o.Measure = 2000, 479, a, false
			result, err := Run(context.Background(), o, &listener{}, func(Plan) {})
			if err != nil {
				t.Fatal(err)
			}
			s := result.Summary
			worst := 1.0
			if a == config.ReLU {
				worst = 1e-4
			}
			if !(float64(s.WorstCert.Value) <= worst) {
				t.Errorf("worst certificate %g, want at most %g", float64(s.WorstCert.Value), worst)
			}
			if !(s.Last.TrainLoss.Value < 2.75) {
				t.Errorf("training loss %g after 3 steps, want it to fall from 2.8", float64(s.Last.TrainLoss.Value))
			}
		})
	}
}
