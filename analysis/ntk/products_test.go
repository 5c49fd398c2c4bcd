// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
)

// sketched are sketches of a case at two settings of its weights, and the kernels that they are of.
type sketched struct {
	c      probed
	a, b   *ntk.Sketch
	ka, kb *ntk.Kernel
}

func newSketched(t *testing.T, b *backend.Backend, p problem.Problem, dtype dtypes.DType, full bool, vectors int, seeds ...uint64) []sketched {
	t.Helper()
	c := newProbed(t, p, dtype)
	e := c.exact(t, b, ntk.Options{Full: full})
	var products []*ntk.Products
	list := make([]sketched, len(seeds))
	for _, seed := range seeds {
		r, err := ntk.NewProducts(b.Backend, c.Vars, c.probe, vectors, seed, ntk.Options{Full: full, Rows: c.Rows/3 + 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Finalize)
		products = append(products, r)
	}
	look := func() (k *ntk.Kernel, sketches []*ntk.Sketch) {
		k, err := e.Kernel(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range products {
			s, err := r.Apply(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			sketches = append(sketches, s)
		}
		return k, sketches
	}
	ka, before := look()
	c.move(t, 7)
	kb, after := look()
	for i := range list {
		list[i] = sketched{c, before[i], after[i], ka, kb}
	}
	return list
}

// The estimates lie within their errors of the exact numbers, for every seed (of 20 seeds and 8 numbers one may be 4 errors off, none 5), and on average over seeds,
// where an error is smaller by their root and a bias would show. The error that comes with an estimate is what estimates spread by over seeds.
func TestHutchinson(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, full := range []bool{false, true} {
			t.Run(fmt.Sprintf("full=%v", full), func(t *testing.T) {
				problem.LeaveToGo(t, b, testing.Short() || full)
				seeds := []uint64{1, 2, 3}
				if b.Kind == "go" {
					seeds = []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
				}
				spread := map[string][]ntk.Figure{}
				var exact map[string]float64
				for _, s := range newSketched(t, b, problem.Named("paper"), dtypes.Float32, full, 40, seeds...) {
					exact = s.check(t, spread)
				}
				if len(seeds) > 10 {
					checkSpread(t, spread, exact)
				}
			})
		}
	})
}

func (s sketched) check(t *testing.T, spread map[string][]ntk.Figure) map[string]float64 {
	t.Helper()
	got, err := ntk.Estimate(s.a, s.b)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := ntk.Compare(s.ka, s.kb)
	if err != nil {
		t.Fatal(err)
	}
	norm, centred := s.kb.Norms()
	wants := map[string]float64{}
	for name, c := range map[string]struct {
		got  ntk.Figure
		want float64
	}{
		"trace": {got.Trace, s.kb.Trace()}, "norm": {got.Norm, norm}, "centred norm": {got.NormCentred, centred},
		"participation": {got.Participation, s.kb.Trace() * s.kb.Trace() / norm / norm}, "labels": {got.Label, s.kb.LabelAlignment(s.c.Y)},
		"alignment": {got.Alignment, exact.Alignment}, "centred alignment": {got.Centred, exact.Centred}, "change": {got.Change, exact.Change},
	} {
		spread[name], wants[name] = append(spread[name], c.got), c.want
		off := math.Abs(float64(c.got.Value) - c.want)
		if !c.got.Error.Set || !(off <= 5*float64(c.got.Error.Value)+1e-6*math.Abs(c.want)) || !(float64(c.got.Error.Value) < math.Abs(c.want)) {
			t.Errorf("%s: %g with error %g, exact %g: off by %.2g errors", name, c.got.Value, c.got.Error.Value, c.want, off/float64(c.got.Error.Value))
		}
	}
	return wants
}

// checkSpread compares the errors that estimates come with, averaged, with what the estimates of all seeds spread by, and the average of the estimates with the exact
// number.
func checkSpread(t *testing.T, spread map[string][]ntk.Figure, exact map[string]float64) {
	t.Helper()
	for name, figures := range spread {
		n := float64(len(figures))
		var sum, squares, variance float64
		for _, f := range figures {
			sum += float64(f.Value)
			squares += float64(f.Value * f.Value)
			variance += float64(f.Error.Value*f.Error.Value) / n
		}
		deviation := math.Sqrt((squares - sum*sum/n) / (n - 1))
		if off := math.Abs(sum/n - exact[name]); off > 4*deviation/math.Sqrt(n) {
			t.Errorf("%s: on average over %d seeds %g, exact %g: off by %.2g errors of the average", name, len(figures), sum/n, exact[name], off/deviation*math.Sqrt(n))
		}
		// The spread of 20 is known to 16 %, two standard deviations of which are a third.
		if ratio := math.Sqrt(variance) / deviation; ratio < 1/1.6 || ratio > 1.6 {
			t.Errorf("%s: the jackknife's error is %.3g times the spread over %d seeds", name, ratio, len(figures))
		}
	}
}

// With a vector for every sign pattern there would be no error; here it is enough that products themselves are exact, which the trace of a kernel of one logit
// shows: zᵀΘz is Θ for one sample and any sign.
func TestProductsAreExact(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		for _, p := range append(problem.Controls(), problem.Table()...) {
			c := newProbed(t, p, dtypes.Float64)
			c.probe = c.probe.First(1)
			r, err := ntk.NewProducts(b.Backend, c.Vars, c.probe, 2, 1, ntk.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s, err := r.Apply(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ntk.Estimate(s, s)
			if err != nil {
				t.Fatal(err)
			}
			want := c.kernel(t, b, ntk.Options{}).Trace()
			problem.CheckNumber(t, p.Name, problem.TangentKernel, dtypes.Float64, float64(got.Trace.Value), want)
			if float64(got.Trace.Error.Value) > 1e-12*want {
				t.Errorf("%s: the trace of one sample has error %g", p.Name, got.Trace.Error.Value)
			}
			r.Finalize()
		}
	})
}

func TestProductsRefuse(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c := newProbed(t, problem.Named("paper"), dtypes.Float32)
		for want, ask := range map[string]struct {
			vectors int
			o       ntk.Options
		}{
			"vectors: got 1; want 2 or more":                                  {1, ntk.Options{}},
			"memory limit: got 2 KiB; products with the kernel of 24 samples": {8, ntk.Options{MemoryLimit: 2 << 10}},
		} {
			if _, err := ntk.NewProducts(b.Backend, c.Vars, c.probe, ask.vectors, 1, ask.o); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	})
}
