// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/analysis/cka"
	"revgn/model"
)

// How far a network's representations moved when a bias of its last coupling did: its branch, the stream after it and the logits are the same but for a
// translation, which CKA does not see; another weight it does see.
func Example() {
	backend, err := gobackend.New("ops_sequential")
	if err != nil {
		log.Fatal(err)
	}
	config := model.Default()
	config.Width, config.Classes, config.Hidden, config.InitStd = 4, 2, 16, 0.5
	vars, err := model.NewVariables(config)
	if err != nil {
		log.Fatal(err)
	}
	x := make([]float32, 32*4)
	for i := range x {
		x[i] = float32(i*i%17) / 8
	}
	probe, err := analysis.NewProbe("squares", "test", x, make([]int32, 32), 2)
	if err != nil {
		log.Fatal(err)
	}
	plan, err := cka.NewPlan([]model.Config{config}, probe, cka.DefaultOptions(), 0, 2)
	if err != nil {
		log.Fatal(err)
	}
	measurer, err := plan.NewMeasurer(backend, vars)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	start, err := measurer.Measure(ctx, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"block1.g.b", "block1.g.W"} {
		variable := vars.Variable(name)
		value := tensors.FromShape(variable.Shape())
		if name == "block1.g.b" {
			value = tensors.FromValue([]float32{3, -1})
		}
		if err := variable.SetValue(value); err != nil {
			log.Fatal(err)
		}
		now, err := measurer.Measure(ctx, 0)
		if err != nil {
			log.Fatal(err)
		}
		results, err := now.Against(start)
		if err != nil {
			log.Fatal(err)
		}
		last := results[len(results)-1]
		fmt.Printf("%s, after %s changed: as at the start %v\n", last.Site, name, last.Linear.Debiased > 0.99999)
	}
	// Output:
	// logits, after block1.g.b changed: as at the start true
	// logits, after block1.g.W changed: as at the start false
}
