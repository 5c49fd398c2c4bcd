// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// parsed is a line of Go's benchmark format, read by hand.
type parsed struct {
	name    string
	n       int
	numbers map[string]float64
}

// parse reads the lines of benchmarks and fails on one that is not in Go's format.
func parse(t *testing.T, text string) []parsed {
	t.Helper()
	var all []parsed
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "Benchmark") {
			if !regexp.MustCompile(`^([a-z]+: .+|Unit \S+ better=higher)\n$`).MatchString(line) {
				t.Errorf("%q is neither a benchmark, a key nor a unit", line)
			}
			continue
		}
		if len(fields) < 4 || len(fields)%2 != 0 || !regexp.MustCompile(`^Benchmark[A-Z][a-z]+(/[a-z0-9-]+=[^/\s]+)+-\d+$`).MatchString(fields[0]) {
			t.Errorf("not in Go's format: %q", line)
			continue
		}
		p := parsed{name: fields[0], numbers: map[string]float64{}}
		var err error
		if p.n, err = strconv.Atoi(fields[1]); err != nil {
			t.Error(err)
		}
		for i := 2; i < len(fields); i += 2 {
			if p.numbers[fields[i+1]], err = strconv.ParseFloat(fields[i], 64); err != nil {
				t.Error(err)
			}
		}
		all = append(all, p)
	}
	return all
}

// checkLines compares the lines of a result with it.
func checkLines(t *testing.T, r Result) {
	t.Helper()
	var b bytes.Buffer
	if err := Header(&b); err != nil {
		t.Fatal(err)
	}
	if err := r.Print(&b); err != nil {
		t.Fatal(err)
	}
	lines := parse(t, b.String())
	if len(lines) != 1+len(r.Phases) {
		t.Fatalf("%d lines for %d phases:\n%s", len(lines), len(r.Phases), b.String())
	}
	step := lines[0]
	for unit, want := range map[string]float64{
		"ns/op": r.Seconds.Median * 1e9, "q1-ns/op": r.Seconds.Q1 * 1e9, "GFLOP/op": r.Operations / 1e9, "GFLOP-equiv/op": r.Equivalent.Median / 1e9,
		"%peak": 100 * r.Share.Median, "matmul-GFLOP/s": r.Matmul.PerSecond.Median / 1e9, "compile-s": r.CompileSeconds,
	} {
		if got, ok := step.numbers[unit]; !ok || math.Abs(got-want) > 1e-5*want {
			t.Errorf("%s: got %v, want %v", unit, got, want)
		}
	}
	if _, certified := step.numbers["certificate"]; step.n != 3 || certified != r.Certified || !strings.Contains(step.name, "/backend=go/") {
		t.Errorf("%+v", step)
	}
	for i, p := range r.Phases {
		if !strings.HasPrefix(lines[1+i].name, "BenchmarkPhase/phase="+p.Name+"/") {
			t.Errorf("%s for phase %s", lines[1+i].name, p.Name)
		}
	}
}
