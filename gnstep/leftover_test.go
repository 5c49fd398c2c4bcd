// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// The bound on ‖C‖₂ lies above it, and above by no more than ten per cent and what a thousandth leaves for rounding.
func TestSpectralBound(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		exec := graph.MustNewExec(b.Backend, spectralBound)
		defer exec.Finalize()
		for _, dtype := range problem.DTypes() {
			for _, size := range [][2]int{{1, 7}, {4, 40}, {60, 90}} {
				c := problem.Normal(uint64(size[0]), size[0], size[1])
				c.Scale(1e-3, c)
				out, err := exec.Call1(problem.Matrix(dtype, c))
				if err != nil {
					t.Fatal(err)
				}
				var svd mat.SVD
				svd.Factorize(c, mat.SVDNone)
				if got, sigma := problem.Flat(t, out)[0], svd.Values(nil)[0]; !(got >= sigma && got <= 1.11*sigma) {
					t.Errorf("%s, %v: bound %g on a largest singular value of %g", dtype, size, got, sigma)
				}
			}
		}
	})
}

// A tangent is made where its bound is over the limit, and is then the tangent; elsewhere it is zero, and what is told of it is no less than its norm, for
// every activation.
func TestTangentOver(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, act := range model.Activations() {
			for _, dtype := range problem.DTypes() {
				t.Run(string(act)+"/"+dtype.String(), func(t *testing.T) {
					problem.LeaveToGo(t, b, act != model.ReLU && act != model.Tanh || dtype == dtypes.Float64)
					checkTangentOver(t, b, act, dtype)
				})
			}
		}
	})
}

func checkTangentOver(t *testing.T, b *backend.Backend, act model.Activation, dtype dtypes.DType) {
	const rows, d, h = 20, 5, 60
	c, w := problem.Normal(31, d, h), problem.Normal(32, h, d)
	w.Scale(1/math.Sqrt(h), w)
	exec := graph.MustNewExec(b.Backend, func(x, c, w, a, share *graph.Node) []*graph.Node {
		p := (&model.Coupling{Act: act, C: c, W: w}).At(x)
		want := p.Tangent(a)
		bound := p.TangentBound(a, graph.ConvertDType(spectralBound(c), a.DType()))
		made, omitted := tangentOver(p, a, bound, graph.Mul(bound, share))
		return []*graph.Node{want, made, bound, omitted}
	})
	defer exec.Finalize()
	for _, share := range []float64{0.5, 2} {
		out, err := exec.Call(problem.Matrix(dtype, problem.Normal(33, rows, d)), problem.Matrix(dtype, c), problem.Matrix(dtype, w),
			problem.Matrix(dtype, problem.Normal(34, rows, d)), problem.Scalar(dtype, share))
		if err != nil {
			t.Fatal(err)
		}
		want, made, bound, omitted := problem.Dense(t, out[0]), problem.Dense(t, out[1]), problem.Flat(t, out[2])[0], problem.Flat(t, out[3])[0]
		norm := mat.Norm(want, 2)
		if !(bound >= norm && bound <= 20*norm) {
			t.Errorf("bound %g on a tangent of norm %g", bound, norm)
		}
		if share < 1 {
			problem.Check(t, "tangent", problem.Products, dtype, made, want)
			if omitted != 0 {
				t.Errorf("%g is said to be left out of a tangent that was made", omitted)
			}
		} else if mat.Norm(made, 2) != 0 || omitted != bound {
			t.Errorf("a tangent of norm %g below the limit, and %g left out, want 0 and %g", mat.Norm(made, 2), omitted, bound)
		}
	}
}

// The certificate of a step that leaves out what its top block's G makes of F's residual is no smaller than that of the change, and larger by no more than it
// allows. Where a solve is bad, because samples contradict each other or, on the paper's network in Float32, by a hair, nothing is left out.
func TestCertificateAllowsForWhatIsLeftOut(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct {
			problem string
			bad     bool
		}{
			{"paper", false}, {"paper", true}, {"gelu", false}, {"gelu", true}, {"leaky ReLU", false}, {"leaky ReLU", true}, {"silu, four blocks", false},
			{"silu, four blocks", true}, {"six blocks", false},
		} {
			for _, dtype := range problem.DTypes() {
				name := tt.problem
				if tt.bad {
					name += ", bad"
				}
				t.Run(name+"/"+dtype.String(), func(t *testing.T) {
					problem.LeaveToGo(t, b, tt.problem != "leaky ReLU" || dtype == dtypes.Float64)
					c := problem.Named(tt.problem).In(t, dtype)
					if tt.bad {
						contradict(c)
					}
					checkAllowance(t, b, c, !tt.bad && (tt.problem != "paper" || dtype == dtypes.Float64))
				})
			}
		}
	})
}

// contradict repeats the first half of the samples as the second, every other one with another label.
func contradict(c *problem.Case) {
	for i := range c.Rows / 2 {
		c.X.SetRow(c.Rows/2+i, c.X.RawRowView(i))
		c.Y[c.Rows/2+i] = (c.Y[i] + int32(i%2)) % int32(c.Classes)
	}
}

func checkAllowance(t *testing.T, b *backend.Backend, c *problem.Case, leaves bool) {
	t.Helper()
	deltas, numbers := splitOf(t, b, c)
	cert, onLogits, bare, omitted := numbers[0], numbers[1], numbers[2], numbers[3]
	y, err := oracle.OneHot(c.Y, c.Classes)
	if err != nil {
		t.Fatal(err)
	}
	_, z := c.Net.Forward(c.X)
	u, err := oracle.Gradient(string(c.Loss), z, y)
	if err != nil {
		t.Fatal(err)
	}
	stream, logits := c.Net.Tangent(c.X, deltas)
	v := c.Net.Lift(u)
	truth, truthOnLogits := oracle.Compare(stream, v).Rel, oracle.Compare(logits, u).Rel
	rounding, _ := problem.Tolerance(problem.Realised, c.Config.DType)
	allowed := omitted / mat.Norm(v, 2)
	if !(cert >= truth-rounding && cert <= truth+2*allowed+rounding) {
		t.Errorf("certificate %g, in truth %g, with %g allowed for", cert, truth, allowed)
	}
	if !(onLogits >= truthOnLogits-rounding && onLogits <= truthOnLogits+2*allowed+rounding) {
		t.Errorf("certificate on the logits %g, in truth %g, with %g allowed for", onLogits, truthOnLogits, allowed)
	}
	if off := cert - bare - allowed; math.Abs(off) > 1e-3*cert {
		t.Errorf("certificate %g, want %g and the %g allowed for", cert, bare, allowed)
	}
	switch limit := refineTolerance(c.Config.DType); {
	case !leaves && omitted != 0:
		t.Errorf("%g was left out of a step of certificate %g", omitted, cert)
	case leaves && !(omitted > 0 && allowed <= limit*(1+1e-3)):
		t.Errorf("%g of the target was left out, want some and no more than %g", allowed, limit)
	}
}

// splitOf returns ΔZ of the split step and its certificate on the stream and on the logits, without what it allows for, and what that is.
func splitOf(t *testing.T, b *backend.Backend, c *problem.Case) ([]*mat.Dense, []float64) {
	t.Helper()
	o := DefaultOptions()
	o.Loss = c.Loss
	step, err := New(b.Backend, c.Vars, o)
	if err != nil {
		t.Fatal(err)
	}
	exec := gomlx.MustNewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels *graph.Node) []*graph.Node {
		trace := c.Vars.Network(x.Graph()).At(x)
		w := step.want(trace, labels)
		deltas, achieved, found := step.split(trace, w)
		bare := step.certify(trace, achieved, w)
		whole := bare.allowing(found.omitted, trace, w)
		out := []*graph.Node{packed(whole.Stream, whole.OnLogits, bare.Stream, found.omitted)}
		for _, delta := range deltas {
			z := delta.W
			if delta.Bias != nil {
				z = graph.Concatenate([]*graph.Node{z, graph.ExpandAxes(delta.Bias, 0)}, 0)
			}
			out = append(out, z)
		}
		return out
	})
	defer exec.Finalize()
	x, labels := c.Batch()
	out := exec.MustCall(x, labels)
	var deltas []*mat.Dense
	for _, z := range out[1:] {
		deltas = append(deltas, problem.Dense(t, z))
	}
	return deltas, problem.Flat(t, out[0])
}
