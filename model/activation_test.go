// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// arguments are where activations are compared: the kink, both sides of it, the bend and both tails.
func arguments() *mat.Dense {
	x := []float64{0, 1e-30, -1e-30, 1e-3, -1e-3, 0.25, -0.25, 0.5, -0.5, 1, -1, 1.5, -1.5, 2, -2, 3, -3, 5, -5, 8, -8, 12, -12, 30, -30, 80, -80, 1000, -1000}
	return mat.NewDense(len(x), 1, x)
}

// A coupling of one unit with C = W = 1 is its activation, and its tangent along 1 the derivative.
func TestActivationsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, act := range model.Activations() {
			for _, dtype := range problem.DTypes() {
				t.Run(string(act)+"/"+dtype.String(), func(t *testing.T) {
					value, slope := activate(t, b, act, dtype)
					wantValue, wantSlope := oracleActivation(act)
					x := arguments()
					for i := range value {
						at := fmt.Sprintf("at %g", x.At(i, 0))
						problem.CheckNumber(t, "σ "+at, problem.Elementwise, dtype, value[i], wantValue[i])
						problem.CheckNumber(t, "σ' "+at, problem.Elementwise, dtype, slope[i], wantSlope[i])
					}
				})
			}
		}
	})
}

// activate returns σ and σ' at the arguments.
func activate(t *testing.T, b *backend.Backend, act model.Activation, dtype dtypes.DType) (value, slope []float64) {
	t.Helper()
	exec := graph.MustNewExec(b.Backend, func(x *graph.Node) (value, slope *graph.Node) {
		one := graph.OnesLike(graph.Slice(x, graph.AxisRange(0, 1)))
		c := &model.Coupling{Act: act, C: one, W: one}
		p := c.At(x)
		return p.Out, p.Tangent(graph.OnesLike(x))
	})
	defer exec.Finalize()
	out, err := exec.Call(problem.Matrix(dtype, arguments()))
	if err != nil {
		t.Fatal(err)
	}
	return problem.Flat(t, out[0]), problem.Flat(t, out[1])
}

func oracleActivation(act model.Activation) (value, slope []float64) {
	one := mat.NewDense(1, 1, []float64{1})
	n := oracle.Net{
		Config: oracle.Config{Width: 2, Blocks: 1, Hidden: 1, Classes: 2, Act: string(act), FirstAct: string(act)},
		C:      []*mat.Dense{one, one}, W: []*mat.Dense{one, one},
	}
	for _, jacobian := range n.BranchJacobian(0, arguments()) {
		slope = append(slope, jacobian.At(0, 0))
	}
	return oracle.Vec(n.Features(0, arguments())), slope
}

// Both sides must know the same activations, or the comparison would leave one out.
func TestActivationsAreThoseOfTheOracle(t *testing.T) {
	var names []string
	for _, a := range model.Activations() {
		names = append(names, string(a))
		if err := a.Validate(); err != nil {
			t.Error(err)
		}
	}
	if got, want := strings.Join(names, " "), strings.Join(oracle.Activations(), " "); got != want {
		t.Errorf("activations %q, the oracle has %q", got, want)
	}
}
