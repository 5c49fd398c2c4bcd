// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"revgn/internal/npy"
	"revgn/internal/oracle"
	"revgn/internal/record"
)

// recomputed is a run whose steps are computed again elsewhere. floor is what rounding adds to a certificate that is seen from the stored weights: none to
// speak of in f64; in f32 ΔZ = (Z_before - Z_after)/α is a difference of numbers that were rounded to 2⁻²⁴ of themselves, divided by α.
type recomputed struct {
	name  string
	args  []string
	alpha float64
	floor float64

	scale      float64 // of a network that is tied to its start, else 0
	linearised bool
}

func recomputedRuns() []recomputed {
	return []recomputed{
		{name: "f64", args: []string{"--dtype", "f64"}, alpha: 0.5, floor: 1e-8},
		{name: "f32", alpha: 0.5, floor: 2e-5},
		{name: "f32 digits", args: []string{"--dataset", "digits", "--hidden", "200", "--batch-size", "100"}, alpha: 0.5, floor: 2e-5},
		{name: "noisy", args: []string{"--dtype", "f64", "--augment", "noise:0.2", "--whiten", "zca", "--label-noise", "0.3"}, alpha: 0.5, floor: 1e-8},
		{name: "f32 digits mirrored", args: []string{"--dataset", "digits", "--hidden", "200", "--batch-size", "100", "--augment", "flip,noise:0.1"}, alpha: 0.5, floor: 2e-5},
		{name: "small step", args: []string{"--dtype", "f64", "--lr", "0.05", "--blocks", "3"}, alpha: 0.05, floor: 1e-8},
		{name: "projection", args: []string{"--dtype", "f64", "--hidden", "16"}, alpha: 0.5, floor: 1e-8},
		{name: "linearised", args: []string{"--dtype", "f64", "--linearised"}, alpha: 0.5, floor: 1e-8, scale: 1, linearised: true},
		{name: "output scale 10", args: []string{"--dtype", "f64", "--output-scale", "10"}, alpha: 0.5, floor: 1e-8, scale: 10},
		{name: "mse, no bias", args: []string{"--dtype", "f64", "--loss", "mse", "--bias=false", "--activation", "tanh"}, alpha: 0.5, floor: 1e-8},
	}
}

// A step that is exported can be computed elsewhere, in float64 from the equations: the change of the logits along ΔZ, by forward differences, against -αu
// gives the certificate that the step gave itself.
func TestExportedStepRecomputed(t *testing.T) {
	for _, c := range recomputedRuns() {
		t.Run(c.name, func(t *testing.T) {
			run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), append(c.args, "--steps", "3", "--checkpoint-every", "1")...)...)
			for i, step := range metricsOf(t, run).Steps {
				before, beforePath := exported(t, run.Dir(), "--step", strconv.Itoa(i))
				after, afterPath := exported(t, run.Dir(), "--step", strconv.Itoa(i+1), "--batch")
				x, y, err := oracle.LoadBatch(after)
				if err != nil {
					t.Fatal(err)
				}
				act, loss := "relu", oracle.CrossEntropy
				if c.name == "mse, no bias" {
					act, loss = "tanh", oracle.MSE
				}
				got, err := oracle.Recompute(c.network(t, before, act), c.network(t, after, act), x, y, loss, c.alpha)
				if err != nil {
					t.Fatal(err)
				}
				if want := c.name != "projection"; step.Exact != want {
					t.Errorf("step %d: exact is %v with certificate %g", step.Step, step.Exact, step.Cert)
				}
				c.compare(t, step, got)
				if c.scale == 0 {
					c.runScript(t, step, beforePath, afterPath, act, loss)
				}
			}
		})
	}
}

// network is the exported network, tied to its start where the run's is.
func (c recomputed) network(t *testing.T, arrays []npy.Array, act string) *oracle.Net {
	t.Helper()
	n, err := oracle.LoadNet(arrays, act, "identity")
	if err != nil {
		t.Fatal(err)
	}
	if c.scale == 0 {
		return n
	}
	start, err := oracle.LoadStart(arrays, act, "identity")
	if err != nil {
		t.Fatal(err)
	}
	n.Anchor = &oracle.Anchor{Start: start, Scale: c.scale, Linearised: c.linearised}
	return n
}

func (c recomputed) compare(t *testing.T, step record.StepRecord, got *oracle.Recomputed) {
	t.Helper()
	for name, pair := range map[string][2]float64{
		"cert": {got.Stream.Rel, float64(step.Cert)}, "cert_logits": {got.Logits.Rel, float64(step.CertLogits)}, "gain": {got.Gain, float64(step.Gain)},
	} {
		c.near(t, step.Step, name, pair[0], pair[1], c.floor)
	}
	if got, want := got.Linearisation, float64(step.Linearisation.Value); math.Abs(got-want) > 1e-3*want+c.floor/c.alpha {
		t.Errorf("step %d: linearisation error %.6g, recomputed %.6g", step.Step, want, got)
	}
}

func (c recomputed) near(t *testing.T, step int, name string, got, want, floor float64) {
	t.Helper()
	if off := math.Abs(got - want); !(off <= 1e-4*math.Abs(want)+floor) {
		t.Errorf("step %d: %s is %.6g, recomputed in float64 %.6g: off by %.2g, allowed %.2g", step, name, want, got, off, 1e-4*math.Abs(want)+floor)
	}
}

// runScript does the same with docs/recompute_step.py where Python has NumPy.
func (c recomputed) runScript(t *testing.T, step record.StepRecord, before, after, act, loss string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(python, "-c", "import numpy").Run()
	}
	if err != nil {
		t.Log("docs/recompute_step.py is not run: no python3 with NumPy here")
		return
	}
	out, err := exec.Command(python, "../../docs/recompute_step.py", before, after, "--alpha", strconv.FormatFloat(c.alpha, 'g', -1, 64),
		"--activation", act, "--loss", loss).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		value, _ := strconv.ParseFloat(words[len(words)-1], 64)
		switch words[0] {
		case "cert":
			c.near(t, step.Step, "cert (script)", value, float64(step.Cert), c.floor+1e-3*float64(step.Cert))
		case "difference":
			c.near(t, step.Step, "forward difference (script)", value, float64(step.CertLogits), c.floor+1e-6+1e-3*float64(step.CertLogits))
		}
	}
}
