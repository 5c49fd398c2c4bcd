// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// With the program itself: what it takes, writes and exits with is what this one expects.
func TestRealProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds revgn")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "revgn")
	build := exec.Command("go", "build", "-tags", "noxla", "-o", program, "../../cmd/revgn")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOEXPERIMENT=simd")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ms := []method{{name: "split", flags: "--inverse split", grid: []float64{0.5}}, {name: "sgd", flags: "--optimizer sgd", grid: []float64{0.1, 1e30}}}
	args := []string{"--out", filepath.Join(dir, "out"), "--revgn", program, "--preset", "digits", "--hidden", "1000", "--steps", "3", "--seeds", "42,43", "--extend", "0",
		"--backend", "go"}
	o, err := parseOptions(args, ms, os.Stderr)
	must(t, err)
	var progress bytes.Buffer
	b := &bench{options: o, methods: ms, launch: process(program), progress: &progress}
	text := table(t, b)
	wantParts(t, text, "| split | `--inverse split` | 0.5 | 0.5 | 6 of 6 |", "| 0.1, 1e+30 ∞ | 0.1 (edge) |", "backend go, f32")
	before := strings.Count(progress.String(), "started")
	if again := table(t, b); again != text || strings.Count(progress.String(), "started") != before || before != 5 {
		t.Errorf("%d runs, then\n%s\nprogress\n%s", before, again, progress.String())
	}
}
