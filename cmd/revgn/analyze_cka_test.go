// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/internal/npy"
	"revgn/internal/oracle"
	"revgn/internal/progress"
	"revgn/internal/runs"
)

// ckaRuns trains runs on one data set, each with its own options on top, and returns their directories by the names given.
func ckaRuns(t *testing.T, runs map[string][]string) map[string]string {
	t.Helper()
	set, dirs := smallData(t, smallSamples, smallFeatures, smallClasses), map[string]string{}
	for name, more := range runs {
		dirs[name] = filepath.Join(t.TempDir(), name)
		trained(t, append([]string{"train", "--dataset", set, "--backend", "go", "--hidden", "64", "--batch-size", "32", "--steps", "4", "--checkpoint-every", "2",
			"--optimizer", "adam", "--lr", "0.01", "--init-std", "0.3", "--out", dirs[name]}, more...)...)
	}
	return dirs
}

// Every number of a run against its start is the oracle's, from the exported weights and the data set itself; weights stay as they were.
func TestAnalyzeCKA(t *testing.T) {
	dirs := ckaRuns(t, map[string][]string{"run": nil, "other": {"--seed", "43"}})
	dir := dirs["run"]
	before := checkpointBytes(t, dir)
	code, stdout, stderr := cli("analyze", "cka", dir, "--step", "all", "--arrays", "--floor", dirs["other"], "--sites", "all", "--backend", "go", "--part", "train",
		"--probes", "80")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, want := range []string{"debiased linear CKA with the start", "block1.g.branch", "floor", "written "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if !reflect.DeepEqual(before, checkpointBytes(t, dir)) {
		t.Error("the analysis changed a checkpoint")
	}
	a := analysisOf[ckaRow](t, dir, "cka")
	if len(a.Checkpoints) != 3 || a.Probe.Samples != 80 || a.Probe.Part != "train" {
		t.Fatalf("%d checkpoints, want those of steps 0, 2 and 4; probe set %+v", len(a.Checkpoints), a.Probe)
	}
	x := samples(t, dir, 80)
	start, last, other := placesOf(t, dir, 0, x), placesOf(t, dir, 4, x), placesOf(t, dirs["other"], 0, x)
	row := a.Checkpoints[2].Values
	for i, r := range row.Start {
		checkCKA(t, r.Site+" with the start", float64(r.Linear.Debiased), oracle.DebiasedCKA(last(r.Site), start(r.Site)))
		checkCKA(t, r.Site+" with the start, biased", float64(r.Linear.Biased.Value), oracle.CKA(last(r.Site), start(r.Site)))
		checkCKA(t, r.Site+" with the floor", float64(row.Floor[i].Linear.Debiased), oracle.DebiasedCKA(last(r.Site), other(r.Site)))
	}
	arrays, err := npy.ReadFile(filepath.Join(dir, "analysis", "cka-step-00000004.npz"), npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	matrix, ok := npy.Find(arrays, "linear.debiased")
	if count := len(row.Start); !ok || !slices.Equal(matrix.Shape, []int{count, count}) {
		t.Fatalf("site x site matrix %v", matrix.Shape)
	}
	i, j := 2, len(row.Start)-1
	checkCKA(t, "site matrix", matrix.Data.([]float64)[i*len(row.Start)+j], oracle.DebiasedCKA(last(row.Start[i].Site), start(row.Start[j].Site)))
	for _, r := range a.Checkpoints[0].Values.Start {
		checkCKA(t, r.Site+" of step 0", float64(r.RBF.Debiased), 1)
	}
	if _, _, stderr := cli("analyze", "cka", dir, "--step", "all", "--arrays", "--floor", dirs["other"], "--sites", "all", "--backend", "go", "--part", "train",
		"--probes", "80"); !strings.Contains(stderr, "is there already") {
		t.Errorf("asked again it measured again:\n%s", stderr)
	}
}

func checkCKA(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-5) { // the network is float32
		t.Errorf("%s: got %.9g, want %.9g", what, got, want)
	}
}

// checkpointBytes are the files of every checkpoint.
func checkpointBytes(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	list, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*", "*"))
	if err != nil || len(list) == 0 {
		t.Fatalf("checkpoints of %s: %v, %v", dir, list, err)
	}
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = string(b)
	}
	return files
}

// samples are the first n training samples of a run, from its data set.
func samples(t *testing.T, dir string, n int) *mat.Dense {
	t.Helper()
	run, err := runs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	source, err := run.Data(t.Context(), "", progress.New(io.Discard, false))
	if err != nil {
		t.Fatal(err)
	}
	return oracle.Dense(n, smallFeatures, source.Train.X[:n*smallFeatures])
}

// placesOf gives the linear kernel matrix of a site of a run's network at a step, by the oracle.
func placesOf(t *testing.T, dir string, step int, x *mat.Dense) func(site string) *mat.Dense {
	t.Helper()
	_, arrays, err := exportArrays(dir, exportOptions{step: step})
	if err != nil {
		t.Fatal(err)
	}
	net, err := oracle.LoadNet(arrays, "relu", "identity")
	if err != nil {
		t.Fatal(err)
	}
	trace := net.Trace(x)
	places := map[string]*mat.Dense{"input": x, "logits": trace.Logits}
	for i, phi := range trace.Phi {
		name := oracle.CouplingName(i)
		var out mat.Dense
		out.Mul(phi, net.Z(i))
		rows, _ := phi.Dims()
		places[name+".branch"], places[name+".features"] = &out, mat.DenseCopyOf(phi.Slice(0, rows, 0, net.Hidden))
		places[name[:len(name)-2]+".stream"] = trace.Streams[i/2+1]
	}
	return func(site string) *mat.Dense { return oracle.LinearKernel(places[site]) }
}

// Across runs the matrix has every pair, pairs that differ in the seed alone are marked, and what is compared already stays.
func TestAnalyzeCKAAcross(t *testing.T) {
	dirs := ckaRuns(t, map[string][]string{"adam": nil, "seed": {"--seed", "43"}, "sgd": {"--optimizer", "sgd"}})
	args := []string{"analyze", "cka", dirs["adam"], dirs["sgd"], dirs["seed"], "--across", "--step", "2,4", "--arrays", "--backend", "go", "--probes", "50"}
	code, stdout, stderr := cli(args...)
	if code != exitDone || !strings.Contains(stdout, "0-2 (floor)") || !strings.Contains(stdout, "2  seed at step 4, seed 43") {
		t.Fatalf("exit %d, stdout\n%s\n%s", code, stdout, stderr)
	}
	a := analysisOf[ckaAcrossRow](t, dirs["adam"], "cka-across")
	row := a.Checkpoints[1].Values
	if len(a.Checkpoints) != 2 || len(row.Runs) != 3 || row.Runs[2].Seed != 43 || !reflect.DeepEqual(row.Floors, [][2]int{{0, 2}}) {
		t.Errorf("%d checkpoints, runs %+v, floors %v; want runs 0 and 2 as a floor", len(a.Checkpoints), row.Runs, row.Floors)
	}
	for _, s := range row.Sites {
		m := s.Linear
		if math.Abs(float64(m.Debiased[1][1])-1) > 1e-12 || m.Debiased[0][2] != m.Debiased[2][0] || m.Debiased[0][1] == m.Debiased[0][2] {
			t.Errorf("%s: %v", s.Site, m.Debiased)
		}
	}
	arrays, err := npy.ReadFile(filepath.Join(dirs["adam"], "analysis", "cka-across-step-00000004.npz"), npy.Limits{})
	if err != nil || len(arrays) != 6*4 {
		t.Errorf("%d arrays, %v; want 4 for each of 6 pairs", len(arrays), err)
	}
	if _, _, stderr := cli(args...); strings.Count(stderr, "compared already") != 2 {
		t.Errorf("asked again it compared again:\n%s", stderr)
	}
}

// Parts that a memory limit cuts sites into give the numbers of the whole, for the start, the floor and across.
func TestAnalyzeCKAInParts(t *testing.T) {
	dirs := ckaRuns(t, map[string][]string{"a": nil, "b": {"--seed", "43"}})
	for _, tt := range []struct {
		name string
		args []string
	}{{"cka", []string{"--floor", dirs["b"]}}, {"cka-across", []string{dirs["b"], "--across"}}} {
		args := append([]string{"analyze", "cka", dirs["a"], "--backend", "go", "--probes", "50", "--redo"}, tt.args...)
		file := filepath.Join(dirs["a"], "analysis", tt.name+".json")
		var texts []string
		for _, limit := range []string{"1GiB", "800KiB"} {
			code, _, stderr := cli(append(args, "--memory-limit", limit)...)
			if code != exitDone {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			if cut := strings.Contains(stderr, "parts one after the other"); cut != (limit == "800KiB") {
				t.Errorf("limit %s: %s", limit, stderr)
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, after, _ := strings.Cut(string(b), `"values"`)
			texts = append(texts, after)
		}
		if texts[0] != texts[1] || len(texts[0]) < 1000 {
			t.Errorf("%s: in parts other numbers", tt.name)
		}
	}
}

// In batches the biased estimate is left out.
func TestAnalyzeCKAInBatches(t *testing.T) {
	dirs := ckaRuns(t, map[string][]string{"run": nil})
	code, stdout, stderr := cli("analyze", "cka", dirs["run"], "--backend", "go", "--part", "train", "--probes", "101", "--batch", "40", "--kernel", "rbf")
	if code != exitDone || !strings.Contains(stdout, "debiased rbf CKA") || strings.Contains(stdout, "biased  +-  rbf") {
		t.Fatalf("exit %d, stdout\n%s\n%s", code, stdout, stderr)
	}
	a := analysisOf[ckaRow](t, dirs["run"], "cka")
	row := a.Checkpoints[0].Values
	if row.Batches.Count != 3 || row.Batches.Size != 33 || row.Start[0].Linear != nil || row.Start[0].RBF.Biased.Set {
		t.Errorf("got %+v with %+v", row.Batches, row.Start[0])
	}
	if !slices.Contains(a.Warnings, "99 of 101 samples are used, 3 batches of 33") {
		t.Errorf("warnings %q", a.Warnings)
	}
}

func TestAnalyzeCKARefuses(t *testing.T) {
	dirs := ckaRuns(t, map[string][]string{"run": nil, "deep": {"--blocks", "3", "--seed", "43"}})
	whitened := ckaRuns(t, map[string][]string{"white": {"--whiten", "pca"}})["white"]
	for name, tt := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no run":           {nil, exitUsage, "got no run"},
		"one run across":   {[]string{dirs["run"], "--across"}, exitUsage, "two or more"},
		"floor and across": {[]string{dirs["run"], dirs["deep"], "--across", "--floor", dirs["deep"]}, exitUsage, "floor: "},
		"kind":             {[]string{dirs["run"], "--sites", "stream,brunch"}, exitUsage, `"brunch"`},
		"kernel":           {[]string{dirs["run"], "--kernel", "cosine"}, exitUsage, "linear, rbf, both"},
		"factor":           {[]string{dirs["run"], "--rbf-factor", "0"}, exitUsage, "above 0"},
		"infinite factor":  {[]string{dirs["run"], "--rbf-factor", "inf"}, exitUsage, "finite"},
		"batch":            {[]string{dirs["run"], "--batch", "3"}, exitUsage, "batch: got 3"},
		"floor's seed":     {[]string{dirs["run"], "--floor", dirs["run"]}, exitUsage, "seed 42"},
		"floor's network":  {[]string{dirs["run"], "--floor", dirs["deep"]}, exitUsage, "blocks"},
		"no floor":         {[]string{dirs["run"], "--floor", dirs["run"] + "n"}, exitFailed, "did you mean \"" + dirs["run"] + "\"?"},
		"other samples":    {[]string{dirs["run"], whitened, "--across"}, exitFailed, "white looks at other samples"},
		"few samples":      {[]string{dirs["run"], "--probes", "3"}, exitFailed, "4 or more"},
		"memory":           {[]string{dirs["run"], "--memory-limit", "100KiB"}, exitFailed, "memory-limit"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := cli(append(append([]string{"analyze", "cka"}, tt.args...), "--backend", "go")...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit %d, %s; want exit %d and %q", code, stderr, tt.code, tt.want)
			}
		})
	}
}
