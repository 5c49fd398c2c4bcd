// SPDX-License-Identifier: Apache-2.0

package batches_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"

	"revgn/analysis"
	"revgn/analysis/batches"
	"revgn/gnstep"
	"revgn/model"
)

// Gauss-Newton steps on two batches of four samples, from the same weights. Each does to its own batch what was predicted, and four samples say so little of the
// rest that the other batch and the samples that no step sees are the worse for it.
func Example() {
	backend, err := gobackend.New("ops_sequential")
	if err != nil {
		log.Fatal(err)
	}
	config := model.Default()
	config.Width, config.Classes, config.Hidden, config.DType = 4, 2, 32, dtypes.Float64
	vars, err := model.NewVariables(config)
	if err != nil {
		log.Fatal(err)
	}
	options := gnstep.DefaultOptions()
	step, err := gnstep.New(backend, vars, options)
	if err != nil {
		log.Fatal(err)
	}
	meter, err := batches.New(backend, vars, batches.Options{Objective: model.Objective{Loss: options.Loss}})
	if err != nil {
		log.Fatal(err)
	}
	samples := func(x ...float32) analysis.Probe {
		y := make([]int32, len(x)/4)
		for i := range y {
			if x[4*i] > 0 {
				y[i] = 1
			}
		}
		p, err := analysis.NewProbe("signs", "train", x, y, 2)
		if err != nil {
			log.Fatal(err)
		}
		return p
	}
	err = meter.Look(batches.Samples{
		Steps: []analysis.Probe{
			samples(1, 0, -1, 2, 0.5, 0.5, 0, -1, -1, 2, 1, 0, -0.5, -1, 0.5, 1),
			samples(2, 1, 0, 0, -2, 0, 1, -1, 1, -1, 1, 1, -1, 1, -1, 0),
		},
		Heldout: samples(1.5, 1, 1, -1, -1, 0, 0.5, 1),
	})
	if err != nil {
		log.Fatal(err)
	}
	prepared, err := meter.Prepare(batches.Method{Name: "gn", LR: 0.5, Stepper: step}, 4)
	if err != nil {
		log.Fatal(err)
	}
	result, err := meter.Measure(context.Background(), prepared, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("own batch: predicted %.3f, actual %.3f, %d of %d steps exact\n", result.Own.Predicted.Mean, result.Own.Actual.Mean, *result.Exact, result.Steps)
	for _, row := range result.A {
		fmt.Printf("A %.3f\n", row)
	}
	fmt.Printf("share of the gain: other batch %.2f, held out %.2f\n", result.TransferRatio.Mean, result.OverfitRatio.Mean)
	// Output:
	// own batch: predicted -0.409, actual -0.405, 2 of 2 steps exact
	// A [-0.338 0.163]
	// A [0.207 -0.473]
	// share of the gain: other batch -0.46, held out -0.65
}
