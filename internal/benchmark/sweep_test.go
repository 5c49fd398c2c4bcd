// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"revgn/internal/config"
)

func TestParseAxis(t *testing.T) {
	a, err := ParseAxis("hidden=100,400,200")
	if err != nil || a.Name != "hidden" || !slices.Equal(a.Values, []int{100, 400, 200}) {
		t.Errorf("%+v, %v", a, err)
	}
	for text, want := range map[string]string{
		"": "want NAME=N1,N2", "hidden": "want NAME=N1,N2", "lr=1,2": "batch-size, hidden, blocks, width", "hidden=": `got ""`, "hidden=1": "at least 2",
		"hidden=1,x": `got "x"`, "hidden=0,1": `got "0"`, "hidden=5,5": "stands twice", "width=3,4": "even ones", "blocks=1,-2": `got "-2"`,
	} {
		if _, err := ParseAxis(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if err := (Axis{"blocks", []int{2, 5000}}).Check(tiny(config.GN)); err == nil || !strings.Contains(err.Error(), "blocks: got 5000") {
		t.Errorf("got %v", err)
	}
}

// Times and operations that follow laws have their exponents, also where every size was measured twice.
func TestFit(t *testing.T) {
	s := Sweep{Axis: "hidden", Values: []int{100, 200, 800}}
	for _, n := range s.Values {
		for range 2 {
			s.Results = append(s.Results, Result{
				Name: "/optimizer=gn/hidden=100/blocks=2", Seconds: Spread{Median: 1e-6 * math.Pow(float64(n), 1.3)}, Operations: 7 * float64(n) * float64(n),
			})
		}
	}
	s.fit()
	if math.Abs(s.Measured.Exponent-1.3) > 1e-9 || math.Abs(s.Counted.Exponent-2) > 1e-9 || s.Name != "/optimizer=gn/blocks=2" {
		t.Errorf("%+v", s)
	}
	var b bytes.Buffer
	if err := s.Print(&b); err != nil {
		t.Fatal(err)
	}
	lines := parse(t, b.String())
	if len(lines) != 1 || lines[0].n != 3 || lines[0].numbers["exponent"] != 1.3 || lines[0].numbers["counted-exponent"] != 2 || lines[0].numbers["r2"] != 1 || !strings.Contains(s.Line(), "r²") {
		t.Errorf("%s%s", b.String(), s.Line())
	}
	// One law goes through any two points.
	s.Values, s.Results = s.Values[:2], s.Results[:4]
	b.Reset()
	if err := s.Print(&b); err != nil || strings.Contains(b.String(), "r2") || strings.Contains(s.Line(), "r²") {
		t.Errorf("%s%s, %v", b.String(), s.Line(), err)
	}
}

// A sweep measures every size. SGD's operations are proportional to the batch but for the products of weights, and to the number of couplings.
func TestSweeps(t *testing.T) {
	c := tiny(config.SGD)
	c.Options.FirstActivation = config.ReLU
	settings := tinySettings()
	settings.Phases = false
	axes := []Axis{{"batch-size", []int{16, 2000}}, {"blocks", []int{1, 2}}, {"hidden", []int{20, 40}}, {"width", []int{16, 32}}}
	sweeps, err := Sweeps(t.Context(), []Case{c}, axes, settings)
	if err != nil || len(sweeps) != 4 {
		t.Fatalf("%d sweeps, %v", len(sweeps), err)
	}
	for i, s := range sweeps {
		if s.Axis != axes[i].Name || len(s.Results) != 2 || strings.Contains(s.Name, "/"+s.Axis+"=") || math.Abs(s.Counted.Exponent-1) > 1e-9 {
			t.Errorf("%s: %s, %d results, counted %+v", axes[i].Name, s.Name, len(s.Results), s.Counted)
		}
		for k, r := range s.Results {
			size := map[string]int{"batch-size": r.Batch, "blocks": r.Blocks, "hidden": r.Hidden, "width": r.Width}[s.Axis]
			random := s.Axis == "batch-size" || s.Axis == "width"
			if size != axes[i].Values[k] || strings.HasPrefix(r.Inputs, "random") != random {
				t.Errorf("%s: size %d, inputs %q", s.Axis, size, r.Inputs)
			}
		}
	}
}
