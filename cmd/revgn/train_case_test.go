// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/record"
)

// A small problem: 16 features, 3 classes, 250 samples, of which 200 train. A network of 64 hidden units does its steps of 32 samples exactly.
const smallSamples, smallFeatures, smallClasses = 250, 16, 3

// smallData writes a csv file of n samples around one centre a class, and returns it as --dataset takes it.
func smallData(t *testing.T, n, features, classes int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := range n {
		class := i % classes
		for j := range features {
			centre := 0.0
			if j%classes == class {
				centre = 3
			}
			fmt.Fprintf(&b, "%.4f,", centre+rng.NormFloat64())
		}
		fmt.Fprintln(&b, class)
	}
	path := filepath.Join(t.TempDir(), "small.csv")
	writeTestFile(t, path, b.String())
	return "csv:" + path
}

// smallArgs is `train` on the small problem, on the Go backend, with more options.
func smallArgs(t *testing.T, out string, more ...string) []string {
	t.Helper()
	args := []string{"train", "--dataset", smallData(t, smallSamples, smallFeatures, smallClasses), "--backend", "go", "--hidden", "64", "--batch-size", "32",
		"--epochs", "2", "--out", out}
	return append(args, more...)
}

// trained runs a train command line that must succeed and opens its run.
func trained(t *testing.T, args ...string) (*record.Reader, string) {
	t.Helper()
	code, stdout, stderr := cli(args...)
	if code != exitDone {
		t.Fatalf("%v: exit %d\n%s", args, code, stderr)
	}
	return opened(t, args), stdout
}

// opened is the run that a train command line names with --out.
func opened(t *testing.T, args []string) *record.Reader {
	t.Helper()
	for i, a := range args {
		if a == "--out" {
			run, err := record.Open(args[i+1])
			if err != nil {
				t.Fatal(err)
			}
			return run
		}
	}
	t.Fatal("no --out")
	return nil
}

func metricsOf(t *testing.T, run *record.Reader) *record.Metrics {
	t.Helper()
	m, err := run.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func summaryOf(t *testing.T, run *record.Reader) record.Summary {
	t.Helper()
	s, err := run.Summary()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// metricLines are the lines of metrics.jsonl as they stand.
func metricLines(t *testing.T, dir string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for in := bufio.NewScanner(f); in.Scan(); {
		lines = append(lines, in.Text())
	}
	return lines
}
