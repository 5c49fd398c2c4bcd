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
	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/number"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
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

// F of block 0 is ReLU of x2, which no weight moves; G sees x1 + b, which is put on the other side of zero for the samples and units that are wanted.
func TestPlantedSides(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		config := model.Config{Width: 4, Blocks: 1, Hidden: 6, Classes: 2, Activation: model.ReLU, FirstActivation: model.ReLU, ProjGain: 1, Bias: true, DType: dtypes.Float64, Seed: 3}
		vars, err := model.NewVariables(config)
		if err != nil {
			t.Fatal(err)
		}
		// All G sees is ±(1, 2) times 1 or 3: 70 samples, of which 20 are far.
		x, y := make([]float32, 70*4), make([]int32, 70)
		for i := range y {
			size := float32(1)
			if i < 20 {
				size = 3
			}
			x[4*i], x[4*i+1], x[4*i+2], x[4*i+3], y[i] = size, 2*size, 1, 1, int32(i%2)
		}
		p, err := analysis.NewProbe("planted", "test", x, y, 2)
		if err != nil {
			t.Fatal(err)
		}
		m, err := features.New(b.Backend, vars, features.Setup{Probe: p, Kinds: []sites.Kind{sites.Logits}})
		if err != nil {
			t.Fatal(err)
		}
		start := measure(t, m)
		problem.Set(t, vars.Variable("block0.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 2, []float64{-2, -4}), 2)) // near ones are now -(1, 2), far ones (1, 2)
		r := compare(t, start, measure(t, m))
		f, g := r.Couplings[0], r.Couplings[1]
		same(t, "f flipped", f.Flipped, 0)
		same(t, "f flipped units", f.FlippedUnits, 0)
		same(t, "g flipped", g.Flipped, 50.0/70)
		same(t, "g flipped units", g.FlippedUnits, 1)
		same(t, "g always on now", g.AlwaysOn, 0)
		same(t, "g always off now", g.AlwaysOff, 0)
		same(t, "g on or off for all at the start", g.Start.AlwaysOn+g.Start.AlwaysOff, 1)
		same(t, "g on", g.On, float64(g.Start.On)*20/70+(1-float64(g.Start.On))*50/70)
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

// Chance is the mean of the alignment over all orders of the labels.
func TestChance(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, 6)
		s.setup.Kinds, s.setup.Fit = []sites.Kind{sites.Branch}, nil
		state := measure(t, newMeter(t, b, s))
		for _, row := range compare(t, state, state).Sites {
			k := oracle.LinearKernel(place(c.Net, row.Site, s.probe))
			var total, count float64
			permutations([]int{0, 1, 2, 3, 4, 5}, 0, func(order []int) {
				y := mat.NewDense(6, c.Classes, nil)
				for i, j := range order {
					y.SetRow(i, s.yTest.RawRowView(j))
				}
				total, count = total+oracle.CKA(k, oracle.LinearKernel(y)), count+1
			})
			if want := total / count; math.Abs(float64(row.Now.Alignment.Chance)-want) > 1e-10 {
				t.Errorf("%s: by chance %.12g, want %.12g, the mean of %g orders", row.Name, row.Now.Alignment.Chance, want, count)
			}
			if row.Now.Probe != nil || row.Gain != nil {
				t.Errorf("%s: a classifier without samples to fit on", row.Name)
			}
		}
	})
}

func permutations(list []int, from int, fn func([]int)) {
	if from == len(list) {
		fn(list)
		return
	}
	for i := from; i < len(list); i++ {
		list[from], list[i] = list[i], list[from]
		permutations(list, from+1, fn)
		list[from], list[i] = list[i], list[from]
	}
}

// A gain is the mean of paired differences: +1, 0 or -1 a sample.
func TestGain(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		m := newMeter(t, b, s)
		start := measure(t, m)
		u := problem.Dense(t, must(c.Vars.Variable(model.ReadoutName).Value()))
		u.Scale(-1, u)
		problem.Set(t, c.Vars.Variable(model.ReadoutName), problem.Matrix(dtypes.Float64, u))
		got := compare(t, start, measure(t, m)).Network

		logits := c.Net.Trace(s.probe).Logits
		var sum, squares, before float64
		for i := range probed {
			row := logits.RawRowView(i)
			was, is := s.yTest.At(i, argmax(row, 1)), s.yTest.At(i, argmax(row, -1))
			before += was / probed
			sum, squares = sum+is-was, squares+(is-was)*(is-was)
		}
		same(t, "start", got.Start, before)
		same(t, "gain", got.Gain.Value, sum/probed)
		same(t, "its error", got.Gain.Error, math.Sqrt((squares/probed-math.Pow(sum/probed, 2))/(probed-1)))
		p := before + sum/probed
		same(t, "accuracy", got.Accuracy, p)
		same(t, "its error", got.Error, math.Sqrt(p*(1-p)/(probed-1)))
		if squares == 0 {
			t.Error("no sample changed: the test shows nothing")
		}
	})
}

func argmax(row []float64, sign float64) int {
	best := 0
	for k, v := range row {
		if sign*v > sign*row[best] {
			best = k
		}
	}
	return best
}

// A branch far larger than the stream costs the input its last digits, in its own block and in the network.
func TestInversionOfALargeBranch(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := problem.Named("paper").In(t, dtypes.Float32)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Input}
		bias := mat.NewDense(1, c.Width/2, nil)
		bias.Apply(func(int, int, float64) float64 { return 1e5 }, bias)
		problem.Set(t, c.Vars.Variable("block1.g.b"), problem.Tensor(dtypes.Float32, bias, c.Width/2))
		state := measure(t, newMeter(t, b, s))
		r := compare(t, state, state).Inversion
		network, first, second := float64(r[0].Worst), float64(r[1].Worst), float64(r[2].Worst)
		if !(second > 1e-4 && second < 0.1) || !(network > 1e-4) || !(first < 1e-5) {
			t.Errorf("at worst %g of the network, %g of block 0, %g of block 1; want about 1e-3, rounding, about 1e-3", network, first, second)
		}
	})
}

// A linearised network has no inverse, and its features stay those at the start.
func TestLinearised(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			if p.Linearised && p.Scale == 0 {
				c := p.In(t, dtypes.Float64)
				s := newScene(t, c, fitted, probed)
				state := measure(t, newMeter(t, b, s))
				r := compare(t, state, state)
				if r.Inversion != nil {
					t.Errorf("inversion errors %v", r.Inversion)
				}
				last := r.Sites[len(r.Sites)-1]
				s.check(t, last.Name, last.Now, c.Net.Trace(s.fit).Logits, c.Net.Trace(s.probe).Logits)
			}
		}
	})
}

// Weights that are no numbers leave sites without numbers, and those that do not depend on them as they were.
func TestNotFinite(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		m := newMeter(t, b, s)
		start := measure(t, m)
		problem.Set(t, c.Vars.Variable("block1.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 4, []float64{math.NaN(), 0, 0, 0}), 4))
		for _, row := range compare(t, start, measure(t, m)).Sites {
			lost := strings.HasPrefix(row.Name, "block1.") && row.Name != "block1.f.features" || row.Name == "logits"
			if math.IsNaN(float64(row.Now.Plain.EffectiveRank)) != lost || (row.Now.Probe == nil) != lost || (row.Gain == nil) != lost {
				t.Errorf("%s: %+v", row.Name, row.Now)
			}
		}
	})
}

// A site that is the same for all samples has one direction, none when centred, no alignment, and its classifier says the mean.
func TestConstantSite(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Branch}
		w := mat.NewDense(c.Hidden, c.Width/2, nil)
		problem.Set(t, c.Vars.Variable("block0.f.W"), problem.Matrix(dtypes.Float64, w))
		problem.Set(t, c.Vars.Variable("block0.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 4, []float64{0.1, 0.7, -3, 1e-3}), 4))
		state := measure(t, newMeter(t, b, s))
		got := compare(t, state, state).Sites[0].Now
		same(t, "directions", got.Plain.EffectiveRank, 1)
		if !math.IsNaN(float64(got.Centred.EffectiveRank)) || !math.IsNaN(float64(got.Alignment.Biased)) {
			t.Errorf("centred %+v, aligned %+v", got.Centred, got.Alignment)
		}
		var loss float64
		for k := range c.Classes {
			mean := mat.Sum(s.yFit.ColView(k)) / fitted
			for i := range probed {
				loss += math.Pow(s.yTest.At(i, k)-mean, 2) / 2 / probed
			}
		}
		same(t, "loss", got.Probe.Loss, loss)
	})
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

// On the digits a linear classifier reads about 93 of 100 from the pixels, and more from random features of them.
func TestDigits(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		source, err := data.Open(context.Background(), "digits", "", data.Options{})
		if err != nil {
			t.Fatal(err)
		}
		set := func(s *data.Set, n int) analysis.Probe {
			p, err := analysis.NewProbe(s.Name, "test", s.X[:n*s.D], s.Y[:n], s.Classes)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		c := model.Default()
		c.Width, c.Classes, c.Hidden, c.FirstActivation = source.Train.D, source.Train.Classes, 400, model.ReLU
		vars, err := model.NewVariables(c)
		if err != nil {
			t.Fatal(err)
		}
		fit := set(source.Train, 300)
		m, err := features.New(b.Backend, vars, features.Setup{Probe: set(source.Test, source.Test.Len()), Fit: &fit, Kinds: []sites.Kind{sites.Input, sites.Features}})
		if err != nil {
			t.Fatal(err)
		}
		state := measure(t, m)
		r := compare(t, state, state)
		input := float64(r.Sites[0].Now.Probe.Accuracy)
		if !(input > 0.85 && input < 0.97) {
			t.Errorf("%.3f of the digits by pixels, want about 0.9", input)
		}
		for _, row := range r.Sites[1:] {
			// Each coupling sees half of the pixels, left or right halves of the rows of the image joined; G sees about as much.
			if got := row.Now.Probe; float64(got.Accuracy) < 0.75 || got.Ridge > 1 {
				t.Errorf("%s: %.3f with penalty %g", row.Name, got.Accuracy, got.Ridge)
			}
		}
		if r.Network.Accuracy > 0.4 {
			t.Errorf("a network that has learned nothing says %.3f", r.Network.Accuracy)
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
