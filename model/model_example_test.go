// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/model"
)

// A reversible network, the logits of two samples, and how they move when the input does.
func Example() {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.DType = 4, 2, 16, dtypes.Float64
	vars, err := model.NewVariables(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := gobackend.New("")
	if err != nil {
		fmt.Println(err)
		return
	}
	exec := gomlx.MustNewExec(backend, vars.Store, func(_ *gomlx.Scope, x, direction *graph.Node) (logits, tangent, lost *graph.Node) {
		net := vars.Network(x.Graph())
		trace := net.At(x) // keeps what tangents and adjoints at x need

		s := model.Split(direction)
		tangent = net.Readout(trace.Tangent(&s, nil)) // d/dt logits(x + t·direction)

		back := net.Inverse(trace.Out) // a reversible network forgets nothing
		lost = graph.ReduceAllMax(graph.Abs(graph.Sub(back, x)))
		return trace.Logits, tangent, lost
	})
	x := [][]float64{{1, 0, -1, 2}, {0.5, 0.5, 0, -1}}
	direction := [][]float64{{1, 0, 0, 0}, {0, 0, 0, 1}}
	out := exec.MustCall(x, direction)
	logits, tangent := out[0].Value().([][]float64), out[1].Value().([][]float64)
	for i := range x {
		fmt.Printf("logits %.3f, moving by %.3f\n", logits[i], tangent[i])
	}
	fmt.Println("input recovered to rounding:", out[2].Value().(float64) < 1e-14)
	// Output:
	// logits [0.956 0.700], moving by [0.279 -0.128]
	// logits [-0.740 -0.281], moving by [0.570 0.582]
	// input recovered to rounding: true
}

// The adjoint gives the gradient of a loss for every weight, without storing more than the trace.
func ExampleTrace_Adjoint() {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.DType = 4, 2, 16, dtypes.Float64
	vars, err := model.NewVariables(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := gobackend.New("")
	if err != nil {
		fmt.Println(err)
		return
	}
	exec := gomlx.MustNewExec(backend, vars.Store, func(_ *gomlx.Scope, x, labels *graph.Node) []*graph.Node {
		trace := vars.Network(x.Graph()).At(x)
		_, gradient := trace.Adjoint(model.CrossEntropy.Residual(trace.Logits, labels))
		var norms []*graph.Node
		for _, delta := range gradient {
			norms = append(norms, graph.L2Norm(delta.W))
		}
		return norms
	})
	out := exec.MustCall([][]float64{{1, 0, -1, 2}, {0.5, 0.5, 0, -1}}, []int32{0, 1})
	for i, norm := range out {
		fmt.Printf("%s.W  %.4f\n", model.CouplingName(i), norm.Value())
	}
	// Output:
	// block0.f.W  1.8445
	// block0.g.W  0.0499
	// block1.f.W  1.0137
	// block1.g.W  0.0170
}

// A seed fixes every tensor by its name, on any machine and whatever was drawn before.
func ExampleConfig_InitialValue() {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.DType = 4, 2, 3, dtypes.Float64
	value, err := c.InitialValue("block1.f.W")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(value.Shape())
	fmt.Printf("%.6f\n", value.Value())
	// Output:
	// (Float64)[3, 2]
	// [[-0.000174 -0.000599] [-0.000237 0.002383] [-0.001236 0.000296]]
}

// What no network can have is refused with the value, and a way out.
func ExampleConfig_Validate() {
	c := model.Default()
	c.Width, c.Classes = 27, 3
	fmt.Println(c.Validate())
	// Output:
	// width 27: a reversible network halves its input, so the number of features must be even and at least 2 (drop or pad a column)
}
