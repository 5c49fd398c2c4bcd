// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"fmt"
	"log"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/model"
)

// One certified Gauss-Newton step on four samples, from nothing but GoMLX: a backend, a network in a store, a step in a graph.
//
// A step of size 0.5 asks every logit to go half of its way to the target. EXACT says that the weights it found do that to first order, on every sample at
// once, to a certificate of at most 1e-6 in Float64 (1e-4 in Float32). What remains is the curvature of the network itself.
func Example() {
	// Its executor must run operations one after the other, because a step holds several independent loops.
	backend, err := gobackend.New("ops_sequential")
	if err != nil {
		log.Fatal(err)
	}

	// A network of two reversible blocks on inputs of width 4. The seed fixes its weights on any machine.
	config := model.Default()
	config.Width, config.Classes, config.Hidden, config.DType = 4, 2, 32, dtypes.Float64
	vars, err := model.NewVariables(config)
	if err != nil {
		log.Fatal(err)
	}

	// The step: equal shares for the blocks, carrying what a block cannot do to those above.
	options := gnstep.DefaultOptions()
	options.Loss = model.SquaredError
	step, err := gnstep.New(backend, vars, options)
	if err != nil {
		log.Fatal(err)
	}

	// One graph makes the step, updates the weights in vars.Store and returns a small vector of numbers about it.
	exec, err := gomlx.NewExec(backend, vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node {
		return step.Build(x, labels, lr).Pack()
	})
	if err != nil {
		log.Fatal(err)
	}
	x := [][]float64{{1, 0, -1, 2}, {0.5, 0.5, 0, -1}, {-1, 2, 1, 0}, {0, -1, 0.5, 1}}
	labels := []int32{0, 1, 0, 1}
	for i := range 5 {
		out, err := exec.Call1(x, labels, 0.5)
		if err != nil {
			log.Fatal(err)
		}
		report, err := gnstep.Unpack(tensors.MustCopyFlatData[float64](out), step.Layout())
		if err != nil {
			log.Fatal(err)
		}
		verdict := "APPROXIMATE"
		if report.Exact(config.DType) {
			verdict = "EXACT"
		}
		fmt.Printf("step %d: loss before it %.4f, accuracy %.2f, %s\n", i, report.Loss, report.Accuracy, verdict)
	}
	// Output:
	// step 0: loss before it 1.6972, accuracy 0.50, EXACT
	// step 1: loss before it 0.4874, accuracy 0.50, EXACT
	// step 2: loss before it 0.1243, accuracy 1.00, EXACT
	// step 3: loss before it 0.0311, accuracy 1.00, EXACT
	// step 4: loss before it 0.0084, accuracy 1.00, EXACT
}

// Shares choose a member of the family of exact steps: here the first block has a quarter of the change. Report tells coupling by coupling what came of it.
func ExampleNew() {
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
	options.Shares = []float64{0.25, 0.75}
	step, err := gnstep.New(backend, vars, options)
	if err != nil {
		log.Fatal(err)
	}
	exec, err := gomlx.NewExec(backend, vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node {
		return step.Build(x, labels, lr).Pack()
	})
	if err != nil {
		log.Fatal(err)
	}
	out, err := exec.Call1([][]float64{{1, 0, -1, 2}, {0.5, 0.5, 0, -1}, {-1, 2, 1, 0}, {0, -1, 0.5, 1}}, []int32{0, 1, 0, 1}, 0.5)
	if err != nil {
		log.Fatal(err)
	}
	report, err := gnstep.Unpack(tensors.MustCopyFlatData[float64](out), step.Layout())
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range report.Couplings {
		fmt.Printf("%s: %.0f of 4 directions, %.0f%% of its target left over\n", c.Name, c.Rank, 100*c.Residual)
	}
	fmt.Printf("certificate below 1e-12: %v, gain %.3f\n", report.Cert < 1e-12, report.Gain)
	// Output:
	// block0.f: 3 of 4 directions, 98% of its target left over
	// block0.g: 3 of 4 directions, 54% of its target left over
	// block1.f: 4 of 4 directions, 0% of its target left over
	// block1.g: 4 of 4 directions, 0% of its target left over
	// certificate below 1e-12: true, gain 1.000
}

// Shares that do not add up to one are refused before anything is computed.
func ExampleNew_refused() {
	vars, err := model.NewVariables(model.Config{
		Width: 4, Blocks: 2, Hidden: 8, Classes: 2, Activation: model.ReLU, FirstActivation: model.Identity, ProjGain: 1, DType: dtypes.Float32,
	})
	if err != nil {
		log.Fatal(err)
	}
	options := gnstep.DefaultOptions()
	options.Shares = []float64{0.5, 0.6}
	_, err = gnstep.New(nil, vars, options)
	fmt.Println(err)
	// Output:
	// block weights add up to 1.1: they must add up to 1 (docs/mathematics.md, section 3)
}
