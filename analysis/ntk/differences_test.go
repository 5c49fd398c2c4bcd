// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// At the size of the network for MNIST, h = 8000, the kernel is what differences of the forward pass say: Θs is the derivative of the logits along Jᵀs, and Jᵀs is
// right because <s, Jv> by differences is <Jᵀs, v> for weights' directions v that are drawn at random.
func TestKernelAgainstDifferences(t *testing.T) {
	if testing.Short() {
		t.Skip("a network of 25 million weights: left out in -short")
	}
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct {
			act       model.Activation
			step      float64 // of a difference, relative to the weights
			tolerance float64
		}{
			{model.SiLU, 1e-3, 1e-10}, // smooth: what the lengths leave is of the fourth order in the step, and rounding ε over it
			{model.ReLU, 1e-7, 1e-6},  // 48,000 kinks, none of which a step may cross: rounding is all, ε over the step times what sums lose
		} {
			t.Run(string(tt.act), func(t *testing.T) {
				p := problem.Problem{Name: "mnist", Width: 784, Blocks: 2, Hidden: 8000, Classes: 10, First: model.Identity, Act: tt.act, Bias: true,
					Loss: model.CrossEntropy, Rows: 3, Seed: 5}
				newDifferences(t, b, p, tt.step).check(t, b, tt.tolerance)
			})
		}
	})
}

func (d *differences) check(t *testing.T, b *backend.Backend, tolerance float64) {
	t.Helper()
	theta := whole(d.kernel(t, b, ntk.Options{Full: true, Rows: 2}))
	s := d.Gaussian(1, d.Rows, d.Classes)
	along := d.pulled(t, b, s)
	var image mat.Dense
	image.Mul(theta, mat.NewDense(len(oracle.Vec(s)), 1, oracle.Vec(s)))
	c := oracle.Compare(mat.NewDense(d.Rows, d.Classes, oracle.Vec(&image)), d.derivative(t, along))
	if t.Logf("Θs against differences along Jᵀs: %v", c); !c.Within(tolerance) {
		t.Errorf("want %g", tolerance)
	}
	for salt := range uint64(3) {
		v := d.direction(salt)
		var inner float64
		for i := range v {
			inner += dots(v[i], along[i])
		}
		change := d.derivative(t, v)
		got, lengths := dots(s, change), math.Sqrt(dots(s, s)*dots(change, change))
		t.Logf("direction %d: <s, Jv> is %.12g by differences and <Jᵀs, v> %.12g, lengths %.3g", salt, got, inner, lengths)
		if !(math.Abs(got-inner) <= tolerance*lengths) {
			t.Errorf("want %g of the lengths", tolerance)
		}
	}
}

func dots(a, b *mat.Dense) float64 {
	var sum float64
	for i, v := range a.RawMatrix().Data {
		sum += v * b.RawMatrix().Data[i]
	}
	return sum
}

func total(list []*mat.Dense) float64 {
	var sum float64
	for _, m := range list {
		sum += dots(m, m)
	}
	return sum
}

// differences is a case with its weights on the host and its forward pass.
type differences struct {
	probed
	weights []*mat.Dense // of every trained tensor
	step    float64      // of a difference, relative to the weights
	forward *gomlx.Exec
}

func newDifferences(t *testing.T, b *backend.Backend, p problem.Problem, step float64) *differences {
	t.Helper()
	d := &differences{probed: newProbed(t, p, dtypes.Float64), step: step}
	for _, named := range d.Vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			t.Fatal(err)
		}
		d.weights = append(d.weights, problem.Dense(t, value))
	}
	var err error
	d.forward, err = gomlx.NewExec(b.Backend, d.Vars.Store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
		return d.Vars.Network(x.Graph()).At(x).Logits
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.forward.Finalize)
	return d
}

// pulled is Jᵀs, a matrix for every trained tensor.
func (d *differences) pulled(t *testing.T, b *backend.Backend, s *mat.Dense) []*mat.Dense {
	t.Helper()
	exec, err := gomlx.NewExec(b.Backend, d.Vars.Store, func(_ *gomlx.Scope, x, s *graph.Node) []*graph.Node {
		_, deltas := d.Vars.Network(x.Graph()).At(x).Adjoint(s)
		var out []*graph.Node
		for _, delta := range deltas {
			out = append(out, delta.W, delta.Bias)
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Call(problem.Matrix(dtypes.Float64, d.X), problem.Matrix(dtypes.Float64, s))
	if err != nil {
		t.Fatal(err)
	}
	return d.byName(t, out)
}

// byName orders gradients, W and b of each coupling, as the trained tensors are.
func (d *differences) byName(t *testing.T, gradients []*tensors.Tensor) []*mat.Dense {
	t.Helper()
	place := map[string]int{}
	for i := range d.Config.Couplings() {
		place[model.CouplingName(i)+".W"], place[model.CouplingName(i)+".b"] = 2*i, 2*i+1
	}
	var list []*mat.Dense
	for _, named := range d.Vars.Trained() {
		list = append(list, problem.Dense(t, gradients[place[named.Name]]))
	}
	return list
}

// direction draws a change of all weights.
func (d *differences) direction(salt uint64) []*mat.Dense {
	var list []*mat.Dense
	for i, w := range d.weights {
		rows, cols := w.Dims()
		list = append(list, d.Gaussian(1000*(salt+1)+uint64(i), rows, cols))
	}
	return list
}

// derivative is that of the logits (B, K) along a change of the weights, by central differences of two lengths from which the error of the second order is taken
// out (Richardson).
func (d *differences) derivative(t *testing.T, along []*mat.Dense) *mat.Dense {
	t.Helper()
	step := d.step * math.Sqrt(total(d.weights)/total(along))
	near, far := d.central(t, along, step), d.central(t, along, 2*step)
	near.Scale(4.0/3, near)
	far.Scale(1.0/3, far)
	near.Sub(near, far)
	return near
}

// central is (f(θ+step·v) - f(θ-step·v))/(2·step).
func (d *differences) central(t *testing.T, along []*mat.Dense, step float64) *mat.Dense {
	t.Helper()
	plus, minus := d.at(t, along, step), d.at(t, along, -step)
	plus.Sub(plus, minus)
	plus.Scale(1/(2*step), plus)
	return plus
}

// at is f(θ+step·v); the weights are θ again then.
func (d *differences) at(t *testing.T, along []*mat.Dense, step float64) *mat.Dense {
	t.Helper()
	put := func(step float64) {
		for i, named := range d.Vars.Trained() {
			moved := mat.DenseCopyOf(along[i])
			moved.Scale(step, moved)
			moved.Add(d.weights[i], moved)
			problem.Set(t, named.Variable, problem.Tensor(dtypes.Float64, moved, named.Variable.Shape().Dimensions...))
		}
	}
	put(step)
	out, err := d.forward.Call(problem.Matrix(dtypes.Float64, d.X))
	if err != nil {
		t.Fatal(err)
	}
	put(0)
	return problem.Dense(t, out[0])
}
