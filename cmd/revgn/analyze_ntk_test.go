// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/ntk"
	"revgn/internal/npy"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/runs"
	"revgn/model"
)

// The kernels that are written are those of the oracle's dense Jacobian at the checkpoint, on the samples that stand beside them, and rows compare them.
func TestAnalyzeNTK(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "3", "--checkpoint-every", "1")...)
	for _, full := range []bool{false, true} {
		args := []string{"analyze", "ntk", dir, "--backend", "go", "--step", "all", "--arrays", "--probes", "12", fmt.Sprintf("--full=%v", full)}
		code, stdout, stderr := cli(args...)
		if code != exitDone {
			t.Fatalf("exit %d\n%s", code, stderr)
		}
		for _, want := range []string{"ntk of ", "condition", "block1.g", "written "} {
			if !strings.Contains(stdout, want) {
				t.Errorf("stdout lacks %q:\n%s", want, stdout)
			}
		}
		if !strings.Contains(stderr, "tiles of") {
			t.Errorf("no estimate before it starts: %s", stderr)
		}
		a := analysisOf[ntk.Row](t, dir, "ntk")
		if len(a.Checkpoints) < 3 || a.Probe.Samples != 12 || a.Checkpoints[1].Values.Velocity.Since != a.Checkpoints[0].Step {
			t.Fatalf("checkpoints %+v", a.Checkpoints)
		}
		start := writtenKernel(t, dir, 0, full)
		for _, c := range a.Checkpoints {
			kernel := writtenKernel(t, dir, c.Step, full)
			if got, want := float64(c.Values.Alignment.Value), oracle.Cosine(start, kernel); math.Abs(got-want) > 1e-6 {
				t.Errorf("step %d: alignment %g, want %g", c.Step, got, want)
			}
			if got, want := float64(c.Values.Trace.Value), mat.Trace(kernel); math.Abs(got-want) > 1e-5*want {
				t.Errorf("step %d: trace %g, want %g", c.Step, got, want)
			}
		}
		code, again, stderr := cli(args...)
		if code != exitDone || !strings.Contains(stderr, "is there already") || again != stdout {
			t.Errorf("a second time: exit %d, %s\n%s", code, again, stderr)
		}
	}
}

// writtenKernel reads the kernel of a step, (NK, NK) or (N, N), and holds it to the oracle's.
func writtenKernel(t *testing.T, dir string, step int, full bool) *mat.Dense {
	t.Helper()
	arrays, err := npy.ReadFile(filepath.Join(dir, "analysis", fmt.Sprintf("ntk-step-%08d.npz", step)), npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(name string) npy.Array {
		a, ok := npy.Find(arrays, name)
		if !ok {
			t.Fatalf("no array %s", name)
		}
		return a
	}
	x, kernel := find("probe.x"), find("kernel")
	find("probe.y")
	net := oracleAt(t, dir, step)
	n := x.Shape[0]
	theta := net.TangentKernel(oracle.Dense(n, x.Shape[1], x.Data.([]float32)))
	shape := fmt.Sprint([]int{n, net.Classes, n, net.Classes})
	if !full {
		theta, shape = oracle.ClassTraced(theta, net.Classes), fmt.Sprint([]int{n, n})
	}
	if fmt.Sprint(kernel.Shape) != shape {
		t.Fatalf("kernel of shape %v, want %s", kernel.Shape, shape)
	}
	size, _ := theta.Dims()
	got := oracle.Dense(size, size, kernel.Data.([]float32))
	if c := oracle.Compare(got, theta); !c.Within(1e-5) {
		t.Errorf("step %d, full %v: %v", step, full, c)
	}
	return got
}

// oracleAt is a run's network at a step.
func oracleAt(t *testing.T, dir string, step int) *oracle.Net {
	t.Helper()
	run, err := runs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	vars, err := model.NewVariables(run.Network)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := run.Weights(step)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Put(vars); err != nil {
		t.Fatal(err)
	}
	return problem.OracleNet(t, vars)
}

// Estimates come with errors, on stdout and in the file, and within 5 of them of the exact numbers.
func TestAnalyzeNTKEstimates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "2")...)
	common := []string{"analyze", "ntk", dir, "--backend", "go", "--probes", "20", "--full", "--step", "0,2"}
	code, stdout, stderr := cli(append(common, "--estimate", "hutchinson", "--vectors", "24")...)
	if code != exitDone || !strings.Contains(stdout, "+-") || !strings.Contains(stderr, "24 random vectors") {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	estimated := analysisOf[ntk.Row](t, dir, "ntk").Checkpoints[1].Values
	if code, _, stderr = cli(common...); code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	exact := analysisOf[ntk.Row](t, dir, "ntk").Checkpoints[1].Values
	if estimated.Estimator != ntk.Hutchinson || exact.Estimator != ntk.ExactEstimator {
		t.Fatalf("estimators %s, %s", estimated.Estimator, exact.Estimator)
	}
	for name, pair := range map[string][2]ntk.Figure{
		"trace": {estimated.Trace, exact.Trace}, "centred": {estimated.Centred, exact.Centred}, "change": {estimated.Change, exact.Change},
	} {
		if off := math.Abs(float64(pair[0].Value - pair[1].Value)); off > 5*float64(pair[0].Error.Value) || pair[1].Error.Set {
			t.Errorf("%s: %v, exact %v", name, pair[0], pair[1])
		}
	}
}

func TestAnalyzeNTKRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "1")...)
	for want, c := range map[string]struct {
		code int
		args []string
	}{
		"vectors: got 1; allowed: 2 to":             {exitUsage, []string{"--vectors", "1"}},
		`got "hutch"; allowed: auto`:                {exitUsage, []string{"--estimate", "hutch"}},
		"memory limit: got 100 KiB; this kernel of": {exitFailed, []string{"--estimate", "exact", "--memory-limit", "100KiB", "--full"}},
	} {
		code, _, stderr := cli(append([]string{"analyze", "ntk", dir, "--backend", "go"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, %s", c.args, code, stderr)
		}
	}
}
