// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// move draws other weights for the case, so far from those it had as they are from zero.
func (c probed) move(t testing.TB, salt uint64) {
	t.Helper()
	for i, named := range c.Vars.Trained() {
		shape := named.Variable.Shape()
		rows, cols := 1, shape.Dim(0)
		if shape.Rank() == 2 {
			rows, cols = shape.Dim(0), shape.Dim(1)
		}
		m := c.Gaussian(100*salt+uint64(i), rows, cols)
		m.Scale(c.Config.InitStd, m)
		problem.Set(t, named.Variable, problem.Tensor(c.Config.DType, m, shape.Dimensions...))
	}
	c.Net = problem.OracleNet(t, c.Vars)
}

// pair is the kernel of a case at two settings of its weights, on the device and dense.
type pair struct {
	c            probed
	full         bool
	a, b         *ntk.Kernel
	denseA       *mat.Dense
	denseB       *mat.Dense
	partsB       []*mat.Dense // of each coupling, class-traced
	labelsOneHot *mat.Dense
}

func newPair(t *testing.T, b *backend.Backend, p problem.Problem, dtype dtypes.DType, full bool) pair {
	t.Helper()
	c := newProbed(t, p, dtype)
	e := c.exact(t, b, ntk.Options{Full: full, Rows: c.Rows/3 + 1})
	r := pair{c: c, full: full, denseA: c.want(full), labelsOneHot: c.Targets(t)}
	var err error
	if r.a, err = e.Kernel(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.move(t, 7)
	r.c.Net = problem.OracleNet(t, c.Vars)
	if r.b, err = e.Kernel(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	r.denseB = r.c.want(full)
	for _, part := range r.c.Net.CouplingKernels(c.X) {
		r.partsB = append(r.partsB, oracle.ClassTraced(part, c.Classes))
	}
	return r
}

// Alignments, changes, norms, labels, shares and products with vectors are those of the dense kernels.
func TestStatisticsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"paper", "tanh, three blocks", "one identity block above its rank"} {
			for _, full := range []bool{false, true} {
				for _, dtype := range problem.DTypes() {
					t.Run(fmt.Sprintf("%s/full=%v/%s", name, full, dtype), func(t *testing.T) {
						problem.LeaveToGo(t, b, testing.Short() || name != "paper" || dtype == dtypes.Float64)
						newPair(t, b, problem.Named(name), dtype, full).check(t)
					})
				}
			}
		}
	})
}

func (r pair) check(t *testing.T) {
	t.Helper()
	number := func(what string, got, want float64) {
		t.Helper()
		problem.CheckNumber(t, what, problem.TangentKernel, r.c.Config.DType, got, want)
	}
	classes := r.b.Classes
	centredA, centredB := oracle.CentreKernel(r.denseA, classes), oracle.CentreKernel(r.denseB, classes)
	got, err := ntk.Compare(r.a, r.b)
	if err != nil {
		t.Fatal(err)
	}
	var change mat.Dense
	change.Sub(r.denseB, r.denseA)
	number("alignment", got.Alignment, oracle.Cosine(r.denseA, r.denseB))
	number("centred alignment", got.Centred, oracle.Cosine(centredA, centredB))
	number("relative change", got.Change, mat.Norm(&change, 2)/mat.Norm(r.denseA, 2))
	raw, centred := r.b.Norms()
	number("norm", raw, mat.Norm(r.denseB, 2))
	number("centred norm", centred, mat.Norm(centredB, 2))
	labels := oracle.CentreKernel(oracle.LabelKernel(r.labelsOneHot, !r.full), classes)
	number("label alignment", r.b.LabelAlignment(r.c.Y), oracle.Cosine(centredB, labels))
	r.checkTimes(t)
	r.checkShares(t)
}

func (r pair) checkTimes(t *testing.T) {
	t.Helper()
	k := r.b
	v := problem.Normal(3, k.Samples, k.Classes)
	var byClass, want mat.Dense
	byClass.CloneFrom(v.T())
	want.Mul(r.denseB, mat.NewDense(k.Size(), 1, oracle.Vec(v)))
	got := mat.NewDense(k.Classes, k.Samples, k.Times(oracle.Vec(&byClass)))
	problem.Check(t, "Θv", problem.TangentKernel, r.c.Config.DType, mat.DenseCopyOf(got.T()), mat.NewDense(k.Samples, k.Classes, oracle.Vec(&want)))
}

func (r pair) checkShares(t *testing.T) {
	t.Helper()
	whole := mat.NewDense(r.c.Rows, r.c.Rows, nil)
	for _, part := range r.partsB {
		whole.Add(whole, part)
	}
	centred := oracle.CentreKernel(whole, 1)
	share := func(part, whole *mat.Dense) float64 {
		return oracle.Cosine(part, whole) * mat.Norm(part, 2) / mat.Norm(whole, 2)
	}
	var trace, norm, centredNorm float64
	for i, got := range r.b.Shares() {
		for what, pair := range map[string][2]float64{
			"trace":   {float64(got.Trace), mat.Trace(r.partsB[i]) / mat.Trace(whole)},
			"norm":    {float64(got.Norm), share(r.partsB[i], whole)},
			"centred": {float64(got.Centred), share(oracle.CentreKernel(r.partsB[i], 1), centred)},
		} {
			problem.CheckNumber(t, "share of "+got.Coupling+" of the "+what, problem.TangentKernel, r.c.Config.DType, pair[0], pair[1])
		}
		trace, norm, centredNorm = trace+float64(got.Trace), norm+float64(got.Norm), centredNorm+float64(got.Centred)
	}
	for what, total := range map[string]float64{"trace": trace, "norm": norm, "centred": centredNorm} {
		if math.Abs(total-1) > 1e-12 {
			t.Errorf("shares of the %s add up to %.15g", what, total)
		}
	}
}

// A kernel compared with itself, and what has no direction.
func TestStatisticsAtTheEdge(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := newProbed(t, problem.Named("paper"), dtypes.Float64)
		k := c.kernel(t, b, ntk.Options{})
		got, err := ntk.Compare(k, k)
		if err != nil || math.Abs(got.Alignment-1) > 1e-14 || math.Abs(got.Centred-1) > 1e-14 || got.Change != 0 {
			t.Errorf("a kernel and itself: %+v, %v", got, err)
		}
		if v := k.LabelAlignment(make([]int32, c.Rows)); !math.IsNaN(v) {
			t.Errorf("one label for all samples: alignment %g, want no number", v)
		}
		other := c.kernel(t, b, ntk.Options{Rows: 5})
		if _, err := ntk.Compare(k, other); err == nil {
			t.Error("kernels of other tiles were compared")
		}
		one := c
		one.probe = c.probe.First(1)
		k = one.kernel(t, b, ntk.Options{Full: true})
		if _, centred := k.Norms(); k.Size() != c.Classes || centred > 1e-12*k.Trace() {
			t.Errorf("one sample: size %d, centred norm %g", k.Size(), centred)
		}
	})
}

// A kernel is symmetric, checked with the values, and positive semidefinite up to rounding.
func TestSemidefinite(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		for _, p := range problem.Table() {
			for _, dtype := range problem.DTypes() {
				k := newProbed(t, p, dtype).kernel(t, b, ntk.Options{Full: true, Rows: 5})
				s, err := k.Spectrum(t.Context(), ntk.DenseSpectrum, nil)
				if err != nil {
					t.Fatal(err)
				}
				if s.Min < -s.Rounding {
					t.Errorf("%s, %s: smallest eigenvalue %g, rounding %g", p.Name, dtype, s.Min, s.Rounding)
				}
			}
		}
	})
}
