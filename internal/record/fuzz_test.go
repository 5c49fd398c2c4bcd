// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/memtest"
	"revgn/internal/npy"
)

// strangersRun is a run directory with one checkpoint, whose files a fuzz target replaces.
func strangersRun(f testing.TB) (r *Reader, checkpoint string) {
	f.Helper()
	run := create(f)
	if err := both(run.WriteConfig([]byte("lr: 1\n")), run.AppendStep(StepRecord{Step: 1})); err != nil {
		f.Fatal(err)
	}
	state := []byte(`{"optimizer":"gn","lr":0.5,"seconds":1.5}`)
	weights := npy.Array{Name: "block0.f.W", Shape: []int{2, 1}, Data: []float32{1, 2}}
	if err := run.SaveCheckpoint(Checkpoint{Step: 1, Epoch: 0.5, Position: 1, Metrics: run.Mark(), State: state, Arrays: []npy.Array{weights}}); err != nil {
		f.Fatal(err)
	}
	if err := run.Close(); err != nil {
		f.Fatal(err)
	}
	r, err := Open(run.Dir())
	if err != nil {
		f.Fatal(err)
	}
	return r, filepath.Join(run.Dir(), checkpointDir, stepName(1))
}

func fuzzRead(f testing.TB, path string) []byte {
	f.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// put replaces files of a directory.
func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func oneLine(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("error of more than one line: %q", err)
	}
}

// FuzzCheckpoint replaces the files of a checkpoint; where honest is true, SHA256SUMS fits them, as that of a stranger would.
func FuzzCheckpoint(f *testing.F) {
	r, dir := strangersRun(f)
	state, arrays, sums := fuzzRead(f, filepath.Join(dir, stateFile)), fuzzRead(f, filepath.Join(dir, arraysFile)), fuzzRead(f, filepath.Join(dir, sumsFile))
	for _, honest := range []bool{true, false} {
		f.Add(state, arrays, sums, honest)
		f.Add(bytes.Replace(state, []byte("{"), []byte(`{"keep":[[{"a":1e999}]],`), 1), arrays[:len(arrays)/2], sums[1:], honest)
	}
	metrics := fuzzRead(f, filepath.Join(r.Dir(), metricsFile))
	f.Fuzz(func(t *testing.T, state, arrays, sums []byte, honest bool) {
		if honest {
			sums = fmt.Appendf(nil, "%x  %s\n%x  %s\n", sha256.Sum256(arrays), arraysFile, sha256.Sum256(state), stateFile)
		}
		put(t, dir, map[string][]byte{stateFile: state, arraysFile: arrays, sumsFile: sums})
		memtest.Within(t, func() {
			c, err := r.Checkpoint(-1)
			oneLine(t, err)
			if err == nil && c.Step != 1 {
				t.Errorf("the checkpoint of step 1 says step %d", c.Step)
			}
			continueAt(t, r.Dir(), metrics)
		})
	})
}

// continueAt goes on with a run from its checkpoint, or says why it cannot, and changes no line that belongs to the checkpoint.
func continueAt(t *testing.T, dir string, metrics []byte) {
	put(t, dir, map[string][]byte{metricsFile: metrics})
	run, from, err := Continue(dir)
	oneLine(t, err)
	if err != nil {
		return
	}
	defer run.Close()
	if err := run.Rewind(from); err != nil {
		oneLine(t, err)
		return
	}
	if from.Checkpoint != nil && run.Mark() != from.Checkpoint.Metrics {
		t.Errorf("the metrics end at %v, want %v", run.Mark(), from.Checkpoint.Metrics)
	}
}

func FuzzMetrics(f *testing.F) {
	f.Add([]byte(`{"kind":"step","step":1,"loss":null,"cert":1e-7,"couplings":[{"name":"block0.f","rank":3}]}` + "\n" + `{"kind":"eval","step":1,"split":"test","acc":null}` + "\n"))
	f.Add([]byte(`{"kind":"event","step":1,"fields":["loss"]}` + "\n" + `{"ki`))
	f.Add([]byte(`{"kind":"probe","step":1,"cka":1}` + "\n\n"))
	r, _ := strangersRun(f)
	path := filepath.Join(r.Dir(), metricsFile)
	f.Fuzz(func(t *testing.T, text []byte) {
		put(t, r.Dir(), map[string][]byte{metricsFile: text})
		memtest.Within(t, func() {
			m, err := r.Metrics()
			oneLine(t, err)
			if err != nil {
				if !strings.HasPrefix(err.Error(), path+":") {
					t.Errorf("error %q, want one that begins with file and line", err)
				}
				return
			}
			for i := 1; i < len(m.Steps); i++ {
				if m.Steps[i].Step <= m.Steps[i-1].Step {
					t.Errorf("steps go back at %d", i)
				}
			}
		})
	})
}

// FuzzRunFiles replaces the small files of a run, and that of an analysis.
func FuzzRunFiles(f *testing.F) {
	f.Add([]byte(`{"program":"revgn","modules":{"a":"v1"},"started":"2026-01-02T03:04:05Z"}`), []byte(`{"status":"done","last":{"step":1},"best":{"test_acc":null}}`),
		[]byte(`{"format":1,"analysis":"x","setting":{"a":[1]},"checkpoints":[{"step":1,"arrays":"../x"}]}`))
	f.Add([]byte(`{`), []byte(`[]`), []byte(`null`))
	r, _ := strangersRun(f)
	dir := filepath.Join(r.Dir(), analysisDir)
	if err := os.Mkdir(dir, 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, manifest, summary, analysis []byte) {
		put(t, r.Dir(), map[string][]byte{manifestFile: manifest, summaryFile: summary})
		put(t, dir, map[string][]byte{"x.json": analysis})
		memtest.Within(t, func() {
			_, err := r.Manifest()
			oneLine(t, err)
			_, err = r.Summary()
			oneLine(t, err)
			a, err := OpenAnalysis(r.Dir(), Analysis[map[string]any]{Analysis: "x"}, false)
			oneLine(t, err)
			if err == nil {
				for _, m := range a.Content().Checkpoints {
					a.HasArrays(&m)
				}
			}
		})
	})
}
