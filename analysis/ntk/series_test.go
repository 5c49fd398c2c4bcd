// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
)

// Rows of a series are those of the kernels themselves: against the start, and against the checkpoint before.
func TestSeries(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		c := newProbed(t, problem.Named("paper"), dtypes.Float32)
		s, err := ntk.NewSeries(b.Backend, c.Vars, c.probe, ntk.SeriesOptions{Estimator: ntk.AutoEstimator, Vectors: 4, Spectrum: ntk.AutoSpectrum})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Finalize()
		if !strings.Contains(s.Plan(), "the class-traced kernel of 24 samples: ") {
			t.Errorf("plan %q", s.Plan())
		}
		if _, _, err := s.Measure(t.Context(), 0, 0); err == nil {
			t.Error("a checkpoint was measured before the start")
		}
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		kernels, rows := make([]*ntk.Kernel, 3), make([]ntk.Row, 3)
		for i := range rows {
			if i > 0 {
				c.move(t, uint64(i))
			}
			if rows[i], kernels[i], err = s.Measure(t.Context(), 10*i, float64(i)/2); err != nil {
				t.Fatal(err)
			}
		}
		if r := rows[0]; r.Velocity != nil || r.Change.Value != 0 || math.Abs(float64(r.Centred.Value)-1) > 1e-12 {
			t.Errorf("the start: %+v", r)
		}
		fromStart, err := ntk.Compare(kernels[0], kernels[2])
		if err != nil {
			t.Fatal(err)
		}
		fromBefore, err := ntk.Compare(kernels[1], kernels[2])
		if err != nil {
			t.Fatal(err)
		}
		r := rows[2]
		for what, pair := range map[string][2]float64{
			"alignment": {float64(r.Alignment.Value), fromStart.Alignment}, "centred": {float64(r.Centred.Value), fromStart.Centred},
			"change": {float64(r.Change.Value), fromStart.Change}, "turn": {float64(r.Velocity.Turn.Value), 1 - fromBefore.Centred},
			"change since": {float64(r.Velocity.Change.Value), fromBefore.Change}, "per epoch": {float64(r.Velocity.PerEpoch.Value), 2 * fromBefore.Change},
			"participation": {float64(r.Participation.Value), float64(r.Trace.Value*r.Trace.Value) / float64(r.Norm.Value*r.Norm.Value)},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-12 {
				t.Errorf("%s: %g, want %g", what, pair[0], pair[1])
			}
		}
		if r.Velocity.Since != 10 || r.Spectrum == nil || len(r.Shares) != 4 || r.Alignment.Error.Set {
			t.Errorf("row %+v", r)
		}
		checkJSON(t, r)
	})
}

// checkJSON reads a row back from its JSON, and looks for a definition of every statistic in it.
func checkJSON(t *testing.T, r ntk.Row) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for field := range fields {
		found := field == "vectors"
		for _, d := range ntk.Definitions() {
			found = found || strings.HasPrefix(d.Name, field)
		}
		if !found {
			t.Errorf("%s has no definition", field)
		}
	}
}

// Where kernels do not fit the limit, auto estimates, with the errors that estimates have, and exact is refused.
func TestSeriesEstimates(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		p := problem.Named("paper")
		p.Rows, p.Hidden = 600, 12
		c := newProbed(t, p, dtypes.Float32)
		o := ntk.SeriesOptions{Options: ntk.Options{Full: true, MemoryLimit: 4 << 20}, Estimator: ntk.AutoEstimator, Vectors: 8}
		s, err := ntk.NewSeries(b.Backend, c.Vars, c.probe, o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Finalize()
		if !strings.Contains(s.Plan(), "by 8 random vectors") {
			t.Errorf("plan %q", s.Plan())
		}
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Measure(t.Context(), 0, 0); err != nil {
			t.Fatal(err)
		}
		c.move(t, 3)
		row, kernel, err := s.Measure(t.Context(), 1, 0.5)
		if err != nil || kernel != nil || row.Estimator != ntk.Hutchinson || row.Vectors != 8 || row.Spectrum != nil {
			t.Fatalf("%+v, %v", row, err)
		}
		for name, f := range map[string]ntk.Figure{"centred": row.Centred, "trace": row.Trace, "turn": row.Velocity.Turn, "per epoch": row.Velocity.PerEpoch} {
			if !f.Error.Set || !(f.Error.Value > 0) {
				t.Errorf("%s has no error: %v", name, f)
			}
		}
		o.Estimator = ntk.ExactEstimator
		if _, err := ntk.NewSeries(b.Backend, c.Vars, c.probe, o); err == nil || !strings.Contains(err.Error(), "memory limit: got 4 MiB; this kernel of 600 samples needs") {
			t.Errorf("got %v", err)
		}
	})
}

// A tracker gives the centred alignment of class-traced kernels, again and again.
func TestTracker(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := newProbed(t, problem.Named("leaky ReLU"), dtypes.Float32)
		tracker, err := ntk.NewTracker(b.Backend, c.Vars, c.probe, ntk.Options{Full: true})
		if err != nil {
			t.Fatal(err)
		}
		defer tracker.Finalize()
		if _, err := tracker.Alignment(t.Context()); err == nil {
			t.Error("weights were compared with no start")
		}
		if err := tracker.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := c.kernel(t, b, ntk.Options{})
		for i := range 2 {
			c.move(t, uint64(i))
			got, err := tracker.Alignment(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want, err := ntk.Compare(start, c.kernel(t, b, ntk.Options{}))
			if err != nil || got != want {
				t.Errorf("got %+v, want %+v, %v", got, want, err)
			}
		}
	})
}
