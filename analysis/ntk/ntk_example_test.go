// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/analysis/ntk"
	"revgn/model"
)

// The class-traced kernel of four samples at the start of a network, and after its weights were made three times as large.
func Example() {
	backend, err := gobackend.New("ops_sequential")
	if err != nil {
		log.Fatal(err)
	}
	config := model.Default()
	config.Width, config.Classes, config.Hidden, config.InitStd = 4, 2, 32, 0.1
	vars, err := model.NewVariables(config)
	if err != nil {
		log.Fatal(err)
	}
	x := []float32{1, 0, -1, 2, 0.5, 0.5, 0, -1, -1, 2, 1, 0, 0, -1, 0.5, 1}
	probe, err := analysis.NewProbe("four samples", "test", x, []int32{0, 1, 0, 1}, 2)
	if err != nil {
		log.Fatal(err)
	}
	series, err := ntk.NewSeries(backend, vars, probe, ntk.SeriesOptions{Estimator: ntk.ExactEstimator})
	if err != nil {
		log.Fatal(err)
	}
	defer series.Finalize()
	ctx := context.Background()
	if err := series.Begin(ctx); err != nil {
		log.Fatal(err)
	}
	for _, named := range vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			log.Fatal(err)
		}
		if err := tensors.MutableFlatData(value, func(flat []float32) {
			for i := range flat {
				flat[i] *= 3
			}
		}); err != nil {
			log.Fatal(err)
		}
	}
	row, kernel, err := series.Measure(ctx, 1, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d x %d, trace %.1f\n", kernel.Samples, kernel.Samples, row.Trace.Value)
	fmt.Printf("centred alignment with the start %.2f, change %.2f\n", row.Centred.Value, row.Change.Value)
	fmt.Printf("%d directions by participation: %.1f\n", kernel.Size(), row.Participation.Value)
	// Output:
	// 4 x 4, trace 62.3
	// centred alignment with the start 0.99, change 0.41
	// 4 directions by participation: 2.8
}
