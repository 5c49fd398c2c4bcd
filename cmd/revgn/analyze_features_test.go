// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/internal/npy"
	"revgn/internal/number"
)

// A run that learns something: what its rows say, that they fit the run's own evaluation, and what the file says of the samples.
func TestAnalyzeFeatures(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "5", "--checkpoint-every", "2")...)
	code, stdout, stderr := cli("analyze", "features", dir, "--step", "all", "--fit", "120", "--probes", "40", "--arrays", "--backend", "go")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, want := range []string{"directions", "block1.g.features", "flipped", "inverted to", "written "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "40 probes of the test part, classifiers fitted on 120 training samples; about ") {
		t.Errorf("stderr has no plan:\n%s", stderr)
	}
	a := analysisOf[featuresRow](t, dir, "features")
	if len(a.Checkpoints) != 4 || a.Probe.Samples != 40 || a.Backend != "go" {
		t.Fatalf("%d checkpoints, probe set %+v", len(a.Checkpoints), a.Probe)
	}
	start, last := a.Checkpoints[0].Values, a.Checkpoints[3].Values
	arrays, err := npy.ReadFile(filepath.Join(dir, "analysis", "features-step-00000005.npz"), npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	hits, _ := npy.Find(arrays, "logits.hits")
	values, _ := npy.Find(arrays, "block1.f.features.eigenvalues_centred")
	right := 0
	for _, hit := range hits.Data.([]uint8) {
		right += int(hit)
	}
	if got := float64(last.Sites[11].Now.Probe.Accuracy) * 40; math.Abs(float64(right)-got) > 1e-9 || len(values.Data.([]float64)) != 40 {
		t.Errorf("%d hits of an accuracy of %g of 40, %d eigenvalues of 40 samples", right, got, len(values.Data.([]float64)))
	}
	if g := start.Network.Gain; g.Value != 0 || g.Error != 0 || start.Couplings[0].Flipped != 0 {
		t.Errorf("the start has gained %+v on itself, and flipped %g", g, start.Couplings[0].Flipped)
	}
	if last.Fit == nil || last.Fit.Samples != 120 || last.Fit.Part != "train" || last.Fit.SHA256 == a.Probe.SHA256 {
		t.Errorf("fitted on %+v", last.Fit)
	}
	if !(last.Network.Gain.Value > 0.3) || len(last.Sites) != 12 || len(last.Couplings) != 2 || len(last.Inversion) != 3 {
		t.Errorf("got %+v, %d sites, %d couplings, %d inversions", last.Network, len(last.Sites), len(last.Couplings), len(last.Inversion))
	}
	for i, site := range last.Sites {
		if !cmp.Equal(site.Start, start.Sites[i].Now, cmpopts.EquateNaNs()) {
			t.Errorf("%s: at the start %+v, in the row of step 0 %+v", site.Name, site.Start, start.Sites[i].Now)
		}
	}
}

// All 50 test samples: the accuracy is that of the run's own last evaluation.
func TestAnalyzeFeaturesAccuracy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	run, _ := trained(t, smallArgs(t, dir, "--steps", "3")...)
	code, _, stderr := cli("analyze", "features", dir, "--fit", "0", "--sites", "logits", "--backend", "go")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	row := analysisOf[featuresRow](t, dir, "features").Checkpoints[0].Values
	evals := metricsOf(t, run).Evals
	want := math.NaN()
	for _, e := range evals {
		if e.Split == "test" && e.Step == 3 {
			want = float64(e.Acc.Value)
		}
	}
	if got := float64(row.Network.Accuracy); !(math.Abs(got-want) < 1e-9) {
		t.Errorf("accuracy %g, and by the run %g", got, want)
	}
	if len(row.Sites) != 1 || row.Sites[0].Kind != sites.Logits || row.Sites[0].Now.Probe != nil || row.Fit != nil {
		t.Errorf("got %+v", row)
	}
}

// With a probe set of training samples the classifiers are fitted on others, and where none are left that is an error.
func TestAnalyzeFeaturesOnTrainingSamples(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "1")...)
	code, _, stderr := cli("analyze", "features", dir, "--part", "train", "--probes", "150", "--sites", "input", "--backend", "go")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	if row := analysisOf[featuresRow](t, dir, "features").Checkpoints[0].Values; row.Fit.Samples != 50 {
		t.Errorf("fitted on %d samples, want the 50 of 200 that are left", row.Fit.Samples)
	}
	for args, want := range map[string]string{
		"--part train":            "fit: 0 of 200 training samples are left",
		"--fit -1":                "fit: got -1",
		"--fit 1":                 "fit: got 1; want 0",
		"--sites stream,brunch":   `unknown kind of site "brunch" (allowed: input, features, branch, stream, logits, all)`,
		"--memory-limit 100KiB":   "memory-limit of 0 MiB: features of 50 probes and 200 samples to fit on need about",
		"--probes 3 --sites none": `"none"`,
	} {
		code, stdout, stderr := cli(append([]string{"analyze", "features", dir, "--backend", "go", "--redo"}, strings.Fields(args)...)...)
		if code == exitDone || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
}

func TestFeaturesWarnings(t *testing.T) {
	lost := features.SiteRow{Site: sites.Site{Name: "logits"}}
	lost.Now.Plain.Largest = number.Number(math.NaN())
	edge := features.SiteRow{Site: sites.Site{Name: "input"}, Now: features.Numbers{Probe: &features.Classifier{AtEdge: true, Ridge: 100}}}
	got := strings.Join(featuresWarnings(7, &features.Result{Sites: []features.SiteRow{lost, edge}}), "; ")
	want := "step 7, logits: not finite, so without numbers; step 7, input: the classifier's penalty 100 is at the edge of those tried"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
