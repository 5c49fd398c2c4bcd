// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"revgn/internal/config"
)

// smallBench is a bench command line on the Go backend that is over in a moment.
func smallBench(more ...string) []string {
	return append([]string{"bench", "--backend", "go", "--hidden", "80", "--batch-size", "32", "--repeat", "3", "--matmul-size", "32"}, more...)
}

// benchmarks are the names of the benchmark lines of stdout.
func benchmarks(stdout string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^Benchmark(\S+)-\d+\t\d+\t.*$`).FindAllStringSubmatch(stdout, -1) {
		names = append(names, m[1])
	}
	return names
}

// Lists are crossed, what matters to gn alone multiplies no baseline, and the file holds what the lines say.
func TestBench(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bench.json")
	code, stdout, stderr := cli(smallBench("--optimizer", "gn,adam", "--inverse", "split,weights:0.3,0.7", "--dtype", "f32,f64", "--phases=false", "--json", path)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	const rest = "/backend=go/dataset=digits/batch-size=32/width=64/hidden=80/blocks=2"
	want := []string{
		"Step/optimizer=gn/inverse=split/dtype=f32" + rest, "Step/optimizer=adam/dtype=f32" + rest,
		"Step/optimizer=gn/inverse=weights:0.3,0.7/dtype=f32" + rest,
		"Step/optimizer=gn/inverse=split/dtype=f64" + rest, "Step/optimizer=adam/dtype=f64" + rest,
		"Step/optimizer=gn/inverse=weights:0.3,0.7/dtype=f64" + rest,
	}
	got := benchmarks(stdout)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\n%s", got, want, stdout)
	}
	for _, line := range []string{"goos: ", "goarch: ", "pkg: revgn", "cpu: "} {
		if !strings.Contains(stdout, line) {
			t.Errorf("no %q on stdout", line)
		}
	}
	if !strings.Contains(stderr, "backend=go dataset=digits") || !strings.Contains(stderr, "matmul on go: f32") || strings.Contains(stdout, "matmul on") {
		t.Errorf("the table is not on stderr alone: %s", stderr)
	}
	var file benchFile
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &file) != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	followsSchema(t, "bench", path)
	if len(file.Results) != 6 || file.Program != "revgn" || file.Processors < 1 || len(file.Results[0].Samples) != 3 || file.Results[0].Phases != nil {
		t.Errorf("%+v", file)
	}
}

// Phases come by default, and a case that differs in another option has it in its name.
func TestBenchPhases(t *testing.T) {
	code, stdout, stderr := cli(smallBench("--damping", "1e-3", "--log-format", "json")...)
	names := benchmarks(stdout)
	if code != exitDone || len(names) != 9 || !strings.HasSuffix(names[0], "/damping=0.001") || !strings.HasPrefix(names[4], "Phase/phase=factor/") {
		t.Fatalf("exit %d, %q\n%s", code, names, stderr)
	}
	for _, line := range strings.Split(strings.TrimSpace(stderr), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("%q is not JSON", line)
		}
	}
}

func TestBenchVersus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vs.json")
	code, stdout, stderr := cli(smallBench("--carry=false", "--vs", "--hidden 100 --carry=true", "--json", path)...)
	names := benchmarks(stdout)
	if code != exitDone || len(names) != 3 || !strings.HasPrefix(names[2], "Versus/") || !strings.HasSuffix(names[2], "/vs=--hidden_100_--carry=true") {
		t.Fatalf("exit %d, %q\n%s", code, names, stderr)
	}
	if !strings.HasSuffix(names[0], "/hidden=80/blocks=2/carry=false") || !strings.HasSuffix(names[1], "/hidden=100/blocks=2/carry=true") {
		t.Errorf("names %q", names)
	}
	if !strings.Contains(stderr, "times as fast, over 3 pairs") {
		t.Errorf("stderr %s", stderr)
	}
	var file benchFile
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &file) != nil || file.Comparison == nil || file.Comparison.Ratio.N != 3 || file.Comparison.Flags != "--hidden 100 --carry=true" {
		t.Errorf("%v\n%s", err, text)
	}
	followsSchema(t, "bench", path)
}

func TestBenchSweep(t *testing.T) {
	code, stdout, stderr := cli(smallBench("--sweep", "hidden=40,80", "--sweep", "blocks=1,2,3")...)
	names := benchmarks(stdout)
	if code != exitDone || len(names) != 7 || !strings.HasPrefix(names[5], "Exponent/of=hidden/") || !strings.HasPrefix(names[6], "Exponent/of=blocks/") {
		t.Fatalf("exit %d, %q\n%s", code, names, stderr)
	}
	for _, want := range []string{"hidden 40, 80: exponent ", "blocks 1, 2, 3: exponent ", " counted"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in the table", want)
		}
	}
}

// A list takes numbers for a part of the value before, and the optimizer decides the learning rate as in train.
func TestResolveCases(t *testing.T) {
	fs := stepFlags()
	if err := fs.Parse([]string{"--inverse", "last,weights:0.5,0.5,mix:0.5", "--optimizer", "sgd,gn", "--preset", "mnist-minibatch"}); err != nil {
		t.Fatal(err)
	}
	cases, err := resolveCases(givenFlags(fs))
	if err != nil || len(cases) != 4 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	var inverses []string
	for _, c := range cases {
		if c.Options.Optimizer == config.SGD {
			if c.Options.LR != 0.1 || c.Options.Hidden != 8000 {
				t.Errorf("sgd with rate %g and h = %d", c.Options.LR, c.Options.Hidden)
			}
			continue
		}
		inverses = append(inverses, c.Options.Inverse.String())
	}
	slices.Sort(inverses)
	if want := []string{"last", "mix:0.5", "weights:0.5,0.5"}; !slices.Equal(inverses, want) {
		t.Errorf("inverses %q, want %q", inverses, want)
	}
}

// A tangent kernel in place of a step has a name and a line of its own, its operations, and no phases.
func TestBenchAnalysis(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel.json")
	for analysis, plain := range map[string]float64{
		// 2L(2N²h + 2N²K²d + (1+K)·4Ndh) for N = 32, h = 80, d = 32, K = 10, with K for K² of the traced kernel.
		"ntk-full": 4 * (2*32*32*80 + 2*32*32*100*32 + 11*4*32*32*80), "ntk": 4 * (2*32*32*80 + 2*32*32*10*32 + 11*4*32*32*80),
	} {
		code, stdout, stderr := cli(smallBench("--analysis", analysis, "--json", path)...)
		want := "Kernel/analysis=" + analysis + "/dtype=f32/backend=go/dataset=digits/batch-size=32/width=64/hidden=80/blocks=2"
		if names := benchmarks(stdout); code != exitDone || !slices.Equal(names, []string{want}) || !strings.Contains(stderr, "1 tiles of 32 x 32 samples") {
			t.Fatalf("exit %d, %q\n%s", code, names, stderr)
		}
		var file benchFile
		text, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(text, &file) != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		followsSchema(t, "bench", path)
		r := file.Results[0]
		if r.PlainOperations != plain || !(r.Operations > 0 && r.Operations < plain) || len(r.OperationsOf) != 4 || !r.Finite || r.Certified || len(r.Samples) != 3 || r.Phases != nil {
			t.Errorf("%+v", r)
		}
	}
}
