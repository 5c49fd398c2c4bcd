// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"revgn/internal/config"
)

// tiny is a case that the Go backend steps through in milliseconds.
func tiny(optimizer config.Optimizer) Case {
	o, err := config.Preset("digits", optimizer)
	if err != nil {
		panic(err)
	}
	o.Hidden, o.BatchSize, o.Backend, o.Offline = 80, 32, "go", true
	return Case{Options: o}
}

func tinySettings() Settings {
	return Settings{Repeat: 3, Phases: true, MatmulSize: 32, UI: quietly()}
}

// The figures of a measurement hang together, its lines are Go's format and hold the same, and JSON brings it back.
func TestMeasure(t *testing.T) {
	for _, optimizer := range []config.Optimizer{config.GN, config.SGD, config.Muon, config.KFAC} {
		t.Run(string(optimizer), func(t *testing.T) {
			emitted := 0
			settings := tinySettings()
			settings.Count = 2
			settings.Emit = func(Result) error { emitted++; return nil }
			results, err := Measure(t.Context(), []Case{tiny(optimizer)}, settings)
			if err != nil || len(results) != 2 || emitted != 2 {
				t.Fatalf("%d results, %d emitted, %v", len(results), emitted, err)
			}
			checkResult(t, results[0], optimizer)
			if results[1].Phases != nil {
				t.Error("phases were measured twice")
			}
			text, err := json.Marshal(results[0])
			if err != nil {
				t.Fatal(err)
			}
			var back Result
			if err := json.Unmarshal(text, &back); err != nil || back.Name != results[0].Name || back.Seconds != results[0].Seconds {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

func checkResult(t *testing.T, r Result, optimizer config.Optimizer) {
	t.Helper()
	rate := r.Matmul.PerSecond.Median
	switch {
	case len(r.Samples) != 3 || r.Seconds != SpreadOf(r.Samples) || !(r.Seconds.Min > 0):
		t.Errorf("samples %v, spread %+v", r.Samples, r.Seconds)
	case !near(r.Share.Median, r.Operations/r.Seconds.Median/rate) || !near(r.Equivalent.Median, r.Seconds.Median*rate):
		t.Errorf("share %g, equivalent %g of %g operations in %g s at %g", r.Share.Median, r.Equivalent.Median, r.Operations, r.Seconds.Median, rate)
	case r.Matmul.DType != "f32" || r.OtherMatmul.DType != "f64" || r.Matmul.Size != 32 || !(r.OtherMatmul.PerSecond.Min > 0):
		t.Errorf("matmul %+v, %+v", r.Matmul, r.OtherMatmul)
	case !r.Finite || r.Certified != (optimizer == config.GN) || r.Exact != r.Certified || r.Rate > highestRate:
		t.Errorf("finite %v, certified %v, exact %v, rate %g", r.Finite, r.Certified, r.Exact, r.Rate)
	case r.Batch != 32 || r.Width != 64 || r.Hidden != 80 || r.Classes != 10 || r.Inputs != "digits":
		t.Errorf("sizes %+v", r)
	case !(r.CompileSeconds > 0) || !(r.PrepareSeconds > 0):
		t.Errorf("prepared in %g s, compiled in %g s", r.PrepareSeconds, r.CompileSeconds)
	}
	var operations float64
	for _, p := range r.Phases {
		operations += p.Operations
	}
	if last := r.Phases[len(r.Phases)-1].Name; last != update || math.Abs(operations-r.Operations) > 1e-9*r.Operations {
		t.Errorf("the last phase is %s; %g operations in phases, %g in all", last, operations, r.Operations)
	}
	checkLines(t, r)
}

// The table names what all have in common once, and tells apart what differs.
func TestTable(t *testing.T) {
	results, err := Measure(t.Context(), []Case{tiny(config.GN), tiny(config.Adam)}, tinySettings())
	if err != nil {
		t.Fatal(err)
	}
	lines := Table(results)
	if !strings.HasPrefix(lines[0], "dtype=f32 backend=go dataset=digits batch-size=32") {
		t.Errorf("common %q", lines[0])
	}
	for i, want := range map[int]string{1: "step ", 2: "optimizer=gn inverse=split ", 3: "optimizer=adam ", 4: "matmul on go: f32"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d: %q, want %q", i, lines[i], want)
		}
	}
	if one := Table(results[:1]); !strings.HasPrefix(one[2], "the step ") {
		t.Errorf("a single result: %q", one[2])
	}
}

// Steps of two sets: both are measured equally often, and the ratio is that of their samples.
func TestVersus(t *testing.T) {
	wide := tiny(config.GN)
	wide.Options.Hidden = 100
	wide.Extra = []Key{{"damping", "1e-3"}}
	c, err := Versus(t.Context(), tiny(config.GN), wide, "--hidden 100", tinySettings())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.A.Samples) != 3 || len(c.B.Samples) != 3 || c.Ratio != SpreadOf(ratios(c.A.Samples, c.B.Samples)) {
		t.Errorf("%+v of %v and %v", c.Ratio, c.A.Samples, c.B.Samples)
	}
	if c.A.Hidden != 80 || c.B.Hidden != 100 || !strings.HasSuffix(c.B.Name, "/damping=1e-3") {
		t.Errorf("%s against %s", c.A.Name, c.B.Name)
	}
	var b bytes.Buffer
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	if lines := parse(t, b.String()); len(lines) != 1 || !near(math.Round(lines[0].numbers["times-as-fast"]*1e3), math.Round(c.Ratio.Median*1e3)) {
		t.Errorf("%s for %+v", b.String(), c.Ratio)
	}
}

// What the options or the data do not allow is an error before anything is measured.
func TestMeasureRefuses(t *testing.T) {
	odd := tiny(config.GN)
	odd.Width = 33
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		c    Case
		want string
	}{{"odd width", t.Context(), odd, "width 33"}, {"cancelled", cancelled, tiny(config.SGD), "canceled"}} {
		if _, err := Measure(c.ctx, []Case{c.c}, tinySettings()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
