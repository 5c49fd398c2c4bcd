// SPDX-License-Identifier: Apache-2.0

package weights_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/weights"
	"revgn/model"
)

// A coupling that moved along one direction, and one that stayed.
func ExampleCompare() {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.Blocks = 4, 2, 8, 1
	vars, err := model.NewVariables(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	start := weights.Of(vars)
	now := func(coupling int) (*mat.Dense, error) {
		z, err := start(coupling)
		if err == nil && coupling == 1 {
			z.Set(0, 0, z.At(0, 0)+3)
			z.Set(1, 0, z.At(1, 0)+4)
		}
		return z, err
	}
	r, err := weights.Compare(c, start, nil, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range append(r.Couplings, r.All) {
		fmt.Printf("%-8s moved by %.3f, in %.3f directions\n", row.Name, row.Displacement, row.EffectiveRank)
	}
	// Output:
	// block0.f moved by 0.000, in NaN directions
	// block0.g moved by 5.000, in 1.000 directions
	// all      moved by 5.000, in 1.000 directions
}
