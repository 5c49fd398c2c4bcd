// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"
)

// Worked by hand: one weight, gradients 2 and then -1, lr 0.1.
func TestOptimizersByHand(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	for _, tt := range []struct {
		name string
		o    Optimizer
		want [2]float64
	}{
		{"sgd", Optimizer{Kind: "sgd"}, [2]float64{0.8, 0.9}},
		{"sgd with decay", Optimizer{Kind: "sgd", Decay: 0.5}, [2]float64{1 - 0.1*2.5, 0.75 - 0.1*(-1+0.375)}},
		{"momentum", Optimizer{Kind: "momentum", Momentum: 0.5}, [2]float64{0.8, 0.8}},
		// The first step of Adam is lr times the sign of the gradient; after it m = 1, s = 2. The second has m = 0.5·1 - 0.5 = 0, so it stays.
		{"adam", Optimizer{Kind: "adam", Beta1: 0.5, Beta2: 0.5}, [2]float64{0.9, 0.9}},
		// With β₁ = 0.75: m = 0.5, then 0.125, over 1-β₁² = 7/16; s = 2, then 1.5, over 3/4.
		{"adam, slower", Optimizer{Kind: "adam", Beta1: 0.75, Beta2: 0.5}, [2]float64{0.9, 0.9 - 0.1*(0.125/(7.0/16))/math.Sqrt(2)}},
		{"adamw", Optimizer{Kind: "adamw", Beta1: 0.5, Beta2: 0.5, Decay: 1}, [2]float64{0.9 - 0.1, 0.8 - 0.08}},
	} {
		z := []float64{1}
		for i, g := range []float64{2, -1} {
			if err := tt.o.Step(z, []float64{g}, 0.1); err != nil {
				t.Fatal(err)
			}
			if !near(z[0], tt.want[i]) {
				t.Errorf("%s, step %d: weight %.15g, want %.15g", tt.name, i+1, z[0], tt.want[i])
			}
		}
	}
}

func TestOptimizerRefuses(t *testing.T) {
	if err := (&Optimizer{Kind: "lion"}).Step([]float64{1}, []float64{1}, 0.1); err == nil {
		t.Error("an unknown kind was accepted")
	}
	if err := (&Optimizer{Kind: "sgd"}).Step([]float64{1, 2}, []float64{1}, 0.1); err == nil {
		t.Error("two weights and one gradient were accepted")
	}
}
