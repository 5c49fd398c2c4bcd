// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"revgn/internal/record"
)

// readersVariable names the environment that `make readers` makes. Where it is set the tests that need it fail rather than skip.
const readersVariable = "REVGN_READERS"

// readers is the folder of the programs that `make readers` installs; the test is skipped where there is none.
func readers(t *testing.T) string {
	t.Helper()
	folder, wanted := os.LookupEnv(readersVariable)
	if !wanted {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip(err)
		}
		folder = filepath.Join(cache, "revgn", "readers")
	}
	have, err := os.ReadFile(filepath.Join(folder, "requirements.txt"))
	want, wantErr := os.ReadFile(filepath.Join("testdata", "readers", "requirements.txt"))
	if wantErr != nil {
		t.Fatal(wantErr)
	}
	if (err != nil || !bytes.Equal(have, want)) && !wanted {
		t.Skipf("%s has not the programs to read with: run `make readers`", folder)
	}
	return filepath.Join(folder, "bin")
}

// readersPython is the Python among them.
func readersPython(t *testing.T) string { return filepath.Join(readers(t), "python") }

// read reads a directory with TensorBoard ("board") or MLflow ("flow").
func read(t *testing.T, how, dir string, into any) {
	t.Helper()
	cmd := exec.Command(readersPython(t), filepath.Join("testdata", "readers", "read.py"), how, dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

// history is what a reader has of a series: steps with values, null for NaN.
type history = [][2]*float64

// boardRead is what TensorBoard reads.
type boardRead struct {
	Version    float64
	Scalars    map[string]history
	Times      []float64
	Texts      map[string][][2]any
	Histograms map[string][]boardHistogram
	HParams    struct {
		Values map[string]any
		Status int
	}
}

type boardHistogram struct {
	Step, Min, Max, Num float64
	Limits              []float64 `json:"bucket_limit"`
	Counts              []float64 `json:"bucket"`
}

// flowRun is a run that MLflow reads.
type flowRun struct {
	ID, Name, Status        string
	Start, End              float64
	Params, Tags, Artifacts map[string]string
	Metrics                 map[string]history
}

// seriesOf names the numbers of metrics.jsonl as docs/training.md says, from the lines as they stand.
func seriesOf(t *testing.T, dir string) map[string]history {
	t.Helper()
	all := map[string]history{}
	for _, line := range metricLines(t, dir) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		step := o["step"].(float64)
		switch kind := o["kind"].(string); kind {
		case "step":
			collect(all, step, "step", o, "step")
			for _, name := range []string{"loss", "loss_after", "acc"} {
				if values, ok := all["step/"+name]; ok { // not measured with --measure=false
					all["train/"+name] = append(all["train/"+name], values...)
					delete(all, "step/"+name)
				}
			}
			couplingsOf(all, step, "coupling", o)
		case "eval":
			collect(all, step, "eval/"+o["split"].(string), o, "step", "epoch", "samples")
		case "probe":
			collect(all, step, "probe", o, "step", "epoch")
			couplingsOf(all, step, "probe", o)
		}
	}
	return all
}

func couplingsOf(all map[string]history, step float64, prefix string, o map[string]any) {
	couplings, _ := o["couplings"].([]any)
	for _, c := range couplings {
		coupling := c.(map[string]any)
		collect(all, step, prefix+"/"+coupling["name"].(string), coupling)
	}
}

func collect(all map[string]history, step float64, prefix string, o map[string]any, except ...string) {
	for name, value := range o {
		if slices.Contains(except, name) {
			continue
		}
		key := prefix + "/" + name
		switch v := value.(type) {
		case float64:
			all[key] = append(all[key], [2]*float64{&step, &v})
		case bool:
			number := map[bool]float64{true: 1}[v]
			all[key] = append(all[key], [2]*float64{&step, &number})
		case nil:
			all[key] = append(all[key], [2]*float64{&step, nil})
		}
	}
}

// rounded is what is left of series whose values are kept as float32.
func rounded(series map[string]history) map[string]history {
	out := map[string]history{}
	for name, h := range series {
		for _, pair := range h {
			if pair[1] != nil {
				v := float64(float32(*pair[1]))
				pair[1] = &v
			}
			out[name] = append(out[name], pair)
		}
	}
	return out
}

// TensorBoard and MLflow themselves read every number of a run on the digits.
func TestReaders(t *testing.T) {
	store := filepath.Join(t.TempDir(), "mlruns")
	out := filepath.Join(t.TempDir(), "run")
	run, _ := trained(t, "train", "--backend", "go", "--hidden", "60", "--batch-size", "50", "--train-size", "400", "--steps", "6", "--probe-every", "3",
		"--eval-every", "3", "--out", out, "--mlflow", store)
	want := seriesOf(t, run.Dir())
	if len(want) < 50 || len(want["train/loss"]) != 6 || len(want["probe/block1.g/rank"]) != 3 {
		t.Fatalf("metrics.jsonl has %d series, %d losses", len(want), len(want["train/loss"]))
	}
	config, err := run.Config()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("tensorboard", func(t *testing.T) { checkBoard(t, run, want, string(config)) })
	t.Run("mlflow", func(t *testing.T) { checkFlow(t, run, store, want, string(config)) })
}

func checkBoard(t *testing.T, run *record.Reader, want map[string]history, config string) {
	var got boardRead
	read(t, "board", run.Dir(), &got)
	if diff := cmp.Diff(rounded(want), got.Scalars); diff != "" {
		t.Errorf("scalars (-metrics.jsonl +TensorBoard):\n%s", diff)
	}
	m := metricsOf(t, run)
	wantHistograms := map[string][]boardHistogram{}
	for _, p := range m.Probes {
		for _, c := range p.Couplings {
			wantHistograms["log10_sigma/"+c.Name] = append(wantHistograms["log10_sigma/"+c.Name], histogramOf(p.Step, c))
		}
	}
	if diff := cmp.Diff(wantHistograms, got.Histograms, cmpopts.EquateApprox(0, 1e-12)); diff != "" || len(wantHistograms) != 4 {
		t.Errorf("histograms (-metrics.jsonl +TensorBoard):\n%s", diff)
	}
	texts := map[string][][2]any{"config.yaml": {{0.0, "```yaml\n" + config + "```\n"}}}
	for _, e := range m.Events {
		texts["event/"+e.Event] = append(texts["event/"+e.Event], [2]any{float64(e.Step), fmt.Sprintf("step %d: %s", e.Step, e.Message)})
	}
	if diff := cmp.Diff(texts, got.Texts); diff != "" || len(m.Events) == 0 {
		t.Errorf("texts (-metrics.jsonl +TensorBoard):\n%s", diff)
	}
	h := got.HParams
	if got.Version != 2 || h.Status != 1 || h.Values["lr"] != 0.5 || h.Values["hidden"] != 60.0 || h.Values["carry"] != true || h.Values["optimizer"] != "gn" {
		t.Errorf("version %g, hparams %+v", got.Version, h)
	}
	manifest, err := run.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if first := float64(manifest.Started.UnixMilli()) / 1e3; len(got.Times) != 6 || !slices.IsSorted(got.Times) || got.Times[0] < first || got.Times[5] > first+600 {
		t.Errorf("times %v of a run that began at %v", got.Times, first)
	}
}

func histogramOf(step int, c record.ProbeCoupling) boardHistogram {
	h := boardHistogram{Step: float64(step), Min: math.Log10(float64(c.SigmaMin)), Max: math.Log10(float64(c.SigmaMax)), Num: float64(c.Rank)}
	for i, n := range c.Log10.Counts {
		h.Counts = append(h.Counts, float64(n))
		h.Limits = append(h.Limits, float64(c.Log10.First+i+1)/float64(c.Log10.PerDecade))
	}
	return h
}

func checkFlow(t *testing.T, run *record.Reader, store string, want map[string]history, config string) {
	var runs []flowRun
	read(t, "flow", store, &runs)
	if len(runs) != 1 {
		t.Fatalf("MLflow sees %d runs, want 1", len(runs))
	}
	got := runs[0]
	if diff := cmp.Diff(want, got.Metrics); diff != "" {
		t.Errorf("metrics (-metrics.jsonl +MLflow):\n%s", diff)
	}
	manifest, err := run.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "FINISHED" || got.Name != "digits-gn-seed42" || got.Start != float64(manifest.Started.UnixMilli()) || got.End < got.Start {
		t.Errorf("MLflow has %s, status %s, from %f to %f", got.Name, got.Status, got.Start, got.End)
	}
	for name, value := range map[string]string{"lr": "0.5", "hidden": "60", "carry": "true", "optimizer": "gn", "seed": "42", "init-std": "0.001"} {
		if got.Params[name] != value {
			t.Errorf("param %s is %q, want %q", name, got.Params[name], value)
		}
	}
	if got.Tags["revgn.run"] != run.Dir() || got.Tags["mlflow.source.name"] != "revgn" || got.Artifacts["config.yaml"] != config {
		t.Errorf("tags %v, artifacts %v", got.Tags, got.Artifacts)
	}
}

// A run that fails and one that is interrupted have their statuses, and share a store with others.
func TestReadersStatus(t *testing.T) {
	store := filepath.Join(t.TempDir(), "mlruns")
	trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), "--optimizer", "sgd", "--mlflow", store)...)
	failed := smallArgs(t, filepath.Join(t.TempDir(), "run"), "--optimizer", "sgd", "--lr", "1e30", "--mlflow", store)
	refused(t, exitFailed, "is not finite", failed...)
	var runs []flowRun
	read(t, "flow", store, &runs)
	var statuses []string
	for _, r := range runs {
		statuses = append(statuses, r.Status)
	}
	if got := strings.Join(statuses, " "); got != "FINISHED FAILED" {
		t.Fatalf("statuses %q", got)
	}
	run := opened(t, failed)
	want := seriesOf(t, run.Dir())
	if diff := cmp.Diff(want, runs[1].Metrics); diff != "" {
		t.Errorf("metrics of the run that failed (-metrics.jsonl +MLflow):\n%s", diff)
	}
	var board boardRead
	read(t, "board", run.Dir(), &board)
	if diff := cmp.Diff(rounded(want), board.Scalars); diff != "" || board.HParams.Status != 2 {
		t.Errorf("scalars of the run that failed, status %d (-metrics.jsonl +TensorBoard):\n%s", board.HParams.Status, diff)
	}
}
