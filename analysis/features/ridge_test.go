// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/problem"
	"revgn/model"
)

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
