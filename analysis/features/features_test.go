// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/number"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// onGo runs a test on the Go backend alone, where there is no graph that the others do not see elsewhere.
func onGo(t *testing.T, fn func(t *testing.T, b *backend.Backend)) {
	t.Helper()
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		fn(t, b)
	})
}

func paper(t *testing.T) *problem.Case { return problem.Named("paper").In(t, dtypes.Float64) }

// The penalty chosen has the least leave-one-out error of all, by explicit refits.
func TestPenalty(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Input, sites.Branch, sites.Features}
		m := newMeter(t, b, s)
		state := measure(t, m)
		for _, row := range compare(t, state, state).Sites {
			x := place(c.Net, row.Site, s.fit)
			mean := math.Pow(mat.Norm(oracle.CentredColumns(x), 2), 2) / fitted
			best, least := 0.0, math.Inf(1)
			for _, ridge := range features.Grid() {
				e, err := oracle.RidgeLeaveOneOut(x, s.yFit, ridge*mean)
				if err != nil {
					t.Fatal(err)
				}
				if e < least {
					best, least = ridge, e
				}
			}
			if got := row.Now.Probe; math.Abs(float64(got.Ridge)-best) > 1e-12*best || math.Abs(float64(got.LeaveOneOut)-least) > 1e-6*least {
				t.Errorf("%s: penalty %g with error %g, want %g with %g", row.Name, got.Ridge, got.LeaveOneOut, best, least)
			}
			if edge := best < 1.1e-8 || best > 99; row.Now.Probe.AtEdge != edge {
				t.Errorf("%s: penalty %g, at the edge: %v", row.Name, best, row.Now.Probe.AtEdge)
			}
		}
	})
}

// Features twice as large are no other features, and the order of the probe set does not matter.
func TestInvariances(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Features}
		m := newMeter(t, b, s)
		plain := measure(t, m)

		twice := problem.Dense(t, must(c.Vars.Variable("block1.g.C").Value()))
		twice.Scale(2, twice)
		problem.Set(t, c.Vars.Variable("block1.g.C"), problem.Matrix(dtypes.Float64, twice))
		r := compare(t, plain, measure(t, m))
		last := r.Sites[len(r.Sites)-1]
		equalNumbers(t, "features twice as large", last.Now, last.Start, 4)
		same(t, "flipped", r.Couplings[len(r.Couplings)-1].Flipped, 0)

		turned := s
		n := s.setup.Probe.Len()
		x, y := make([]float32, 0, n*c.Width), make([]int32, 0, n)
		for i := range n {
			j := n - 1 - i
			x, y = append(x, s.setup.Probe.X[j*c.Width:(j+1)*c.Width]...), append(y, s.setup.Probe.Y[j])
		}
		var err error
		if turned.setup.Probe, err = analysis.NewProbe("turned", "test", x, y, c.Classes); err != nil {
			t.Fatal(err)
		}
		now, other := measure(t, m), measure(t, newMeter(t, b, turned))
		a, z := compare(t, now, now), compare(t, other, other)
		for i := range a.Sites {
			equalNumbers(t, "the other way round: "+a.Sites[i].Name, a.Sites[i].Now, z.Sites[i].Now, 1)
		}
		if _, err := features.Compare(now, other); err == nil || !strings.Contains(err.Error(), "other samples") {
			t.Errorf("states of two probe sets: got %v, want an error", err)
		}
	})
}

// equalNumbers compares all numbers but the errors of the jackknife, whose groups follow the order of samples; factor is that of the eigenvalues.
func equalNumbers(t *testing.T, what string, a, b features.Numbers, factor float64) {
	t.Helper()
	for i, pair := range [][2]number.Number{
		{a.Plain.EffectiveRank, b.Plain.EffectiveRank}, {a.Centred.EffectiveRank, b.Centred.EffectiveRank}, {a.Plain.StableRank, b.Plain.StableRank},
		{a.Centred.Participation, b.Centred.Participation}, {a.Plain.Largest, number.Number(factor) * b.Plain.Largest},
		{a.Alignment.Biased, b.Alignment.Biased}, {a.Alignment.Debiased, b.Alignment.Debiased}, {a.Alignment.Chance, b.Alignment.Chance},
		{a.Probe.Ridge, b.Probe.Ridge}, {a.Probe.Accuracy, b.Probe.Accuracy},
	} {
		if got, want := float64(pair[0]), float64(pair[1]); !(math.Abs(got-want) <= 1e-10*max(1, math.Abs(want))) {
			t.Errorf("%s: number %d is %.14g, want %.14g", what, i, got, want)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRefused(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		few, one := s.setup.Probe.First(3), s.setup.Fit.First(1)
		other, err := analysis.NewProbe("other", "test", make([]float32, 40), make([]int32, 4), c.Classes)
		if err != nil {
			t.Fatal(err)
		}
		for want, setup := range map[string]features.Setup{
			"probe set of 3 samples": {Probe: few}, "1 samples to fit": {Probe: s.setup.Probe, Fit: &one}, "10 features and 3 classes; the network takes 8 and 3": {Probe: other},
			"samples of other": {Probe: s.setup.Probe, Fit: &other},
		} {
			if _, err := features.New(b.Backend, c.Vars, setup); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error with %q", err, want)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := newMeter(t, b, s).Measure(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted: got %v", err)
		}
	})
}

// Every number in a file has its definition, and every definition its number.
func TestDefinitions(t *testing.T) {
	used := map[string]bool{}
	var visit func(kind reflect.Type)
	visit = func(kind reflect.Type) {
		switch kind.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(kind.Elem())
		case reflect.Struct:
			for i := range kind.NumField() {
				f := kind.Field(i)
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				switch f.Type {
				case reflect.TypeFor[number.Number](), reflect.TypeFor[bool](), reflect.TypeFor[features.Difference](), reflect.TypeFor[*features.Difference]():
					used[name] = true
				default:
					visit(f.Type)
				}
			}
		}
	}
	visit(reflect.TypeFor[features.Result]())
	for _, d := range features.Definitions() {
		if !used[d.Name] {
			t.Errorf("%s is defined and in no file", d.Name)
		}
		delete(used, d.Name)
	}
	for name := range used {
		t.Errorf("%s has no definition", name)
	}
}
