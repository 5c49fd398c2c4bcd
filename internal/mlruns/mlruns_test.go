// SPDX-License-Identifier: Apache-2.0

package mlruns

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var start = time.UnixMilli(1772600767000)

func info(id string) Info {
	return Info{
		Experiment: "revgn", ID: id, Name: "a run", Start: start, Params: map[string]string{"lr": "0.5"}, Tags: map[string]string{"revgn.run": "/a"},
		Artifacts: map[string][]byte{"config.yaml": []byte("lr: 0.5\n")},
	}
}

func metric(step int, value float64) Metric {
	return Metric{Name: "train/loss", Value: value, At: start.Add(time.Duration(step) * time.Second), Step: step}
}

func begin(t *testing.T, root, id string, history ...Metric) *Run {
	t.Helper()
	r, err := Begin(root, info(id), func(add func(...Metric) error) error { return add(history...) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tree is the content of the files in a folder by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A run that is begun again has the history that it is given then, keeps what others added, and leaves nothing over.
func TestRun(t *testing.T) {
	root := filepath.Join(t.TempDir(), "store")
	id := strings.Repeat("a", 32)
	r := begin(t, root, id, metric(1, 2.5))
	if err := r.Append(metric(2, math.NaN()), metric(3, 1e-17)); err != nil {
		t.Fatal(err)
	}
	if err := r.End(Killed, start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(root, idOf("revgn"), id)
	files := tree(t, run)
	if got, want := files["metrics/train/loss"], "1772600768000 2.5 1\n1772600769000 nan 2\n1772600770000 1e-17 3\n"; got != want {
		t.Errorf("metrics %q, want %q", got, want)
	}
	for _, line := range []string{"status: 5\n", "end_time: 1772600827000\n", "start_time: 1772600767000\n", "run_id: \"" + id + "\"\n"} {
		if !strings.Contains(files["meta.yaml"], line) {
			t.Errorf("meta.yaml lacks %q:\n%s", line, files["meta.yaml"])
		}
	}
	for path, text := range map[string]string{"tags/mlflow.note.content": "mine", "metrics/train/loss": "17726", "metrics/old": "1 2 3\n"} {
		if err := os.WriteFile(filepath.Join(run, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	begin(t, root, id, metric(1, 2.5))
	again := tree(t, run)
	if !strings.Contains(again["meta.yaml"], "status: 1\n") || !strings.Contains(again["meta.yaml"], "end_time: null\n") {
		t.Errorf("not running again:\n%s", again["meta.yaml"])
	}
	delete(again, "meta.yaml")
	want := map[string]string{
		"metrics/train/loss": "1772600768000 2.5 1\n", "params/lr": "0.5", "tags/mlflow.runName": "a run", "tags/revgn.run": "/a", "tags/mlflow.note.content": "mine",
		"artifacts/config.yaml": "lr: 0.5\n",
	}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A history that cannot be had leaves the one that was there.
func TestRunFails(t *testing.T) {
	root, id := t.TempDir(), strings.Repeat("b", 32)
	begin(t, root, id, metric(1, 2))
	broken := errors.New("no more")
	if _, err := Begin(root, info(id), func(func(...Metric) error) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got := tree(t, filepath.Join(root, idOf("revgn"), id))["metrics/train/loss"]; got != "1772600768000 2 1\n" {
		t.Errorf("metrics became %q", got)
	}
}

// Names that lead elsewhere, or that MLflow does not take, are refused.
func TestNames(t *testing.T) {
	r := begin(t, t.TempDir(), strings.Repeat("c", 32))
	for _, name := range []string{"", "..", "../loss", "a/../../b", "/etc/loss", "a//b", "./a", "a/", "a\nb", "a\x00", "σ", strings.Repeat("x", 251)} {
		err := r.Append(Metric{Name: name, At: start})
		if err == nil || !strings.HasPrefix(err.Error(), "mlflow: name ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

// Many runs at once agree on the experiment; one that is there, from MLflow or deleted, is seen.
func TestExperiments(t *testing.T) {
	root := filepath.Join(t.TempDir(), "store")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { begin(t, root, fmt.Sprintf("%032x", i), metric(1, 2)) })
	}
	all.Wait()
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) > 2 {
		t.Fatalf("%v (%v), want the experiment, and the default one where the store was seen empty", entries, err)
	}
	theirs := filepath.Join(t.TempDir(), "theirs")
	if err := os.MkdirAll(filepath.Join(theirs, "123"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(theirs, "123", metaFile), []byte("experiment_id: '123'\nlifecycle_stage: active\nname: revgn\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	begin(t, theirs, strings.Repeat("d", 32), metric(1, 2))
	if _, err := os.Stat(filepath.Join(theirs, "123", strings.Repeat("d", 32), metaFile)); err != nil {
		t.Error(err)
	}
	deleted := t.TempDir()
	if err := os.MkdirAll(filepath.Join(deleted, trash, idOf("revgn")), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(deleted, info(strings.Repeat("e", 32)), nil); err == nil || !strings.Contains(err.Error(), "is deleted: restore it") {
		t.Errorf("got %v", err)
	}
}
