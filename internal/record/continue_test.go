// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ended is the directory of a run of 6 steps with checkpoints at 2, 4 and 6, of which the last counts on all lines; it was closed as a process ends.
func ended(t *testing.T) string {
	t.Helper()
	r := create(t)
	if err := r.WriteConfig([]byte("seed: 42\n")); err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 6; step++ {
		if err := r.AppendStep(gnStep(step)); err != nil {
			t.Fatal(err)
		}
		if step%2 == 0 {
			c := checkpoint(step)
			c.Metrics, c.Keep = r.Mark(), true
			save(t, r, c)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return r.Dir()
}

// goneOn continues the run in dir and rewinds it, which must succeed.
func goneOn(t *testing.T, dir string) (*Run, *Continued) {
	t.Helper()
	r, c, err := Continue(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if err := r.Rewind(c); err != nil {
		t.Fatal(err)
	}
	return r, c
}

func stepOf(c *Continued) int {
	if c.Checkpoint == nil {
		return 0
	}
	return c.Checkpoint.Step
}

// What a run wrote after its last checkpoint is cut off, half a line and half a checkpoint too, and what comes next is as if it had never been there.
func TestContinueCutsBack(t *testing.T) {
	dir := ended(t)
	metrics := filepath.Join(dir, metricsFile)
	whole, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	appendTo(t, metrics, string(whole[:bytes.IndexByte(whole, '\n')+1])+`{"kind":"step","st`)
	left := []string{"." + summaryFile + "123", filepath.Join(checkpointDir, tempPrefix+"77", arraysFile)}
	for _, name := range left {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		appendTo(t, filepath.Join(dir, name), "x")
	}
	r, c := goneOn(t, dir)
	if stepOf(c) != 6 || len(c.Unusable) > 0 {
		t.Fatalf("goes on from %d, unusable %v", stepOf(c), c.Unusable)
	}
	now, err := os.ReadFile(metrics)
	if err != nil || !bytes.Equal(now, whole) {
		t.Errorf("metrics have %d bytes, want %d (%v)", len(now), len(whole), err)
	}
	for _, name := range left {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
	if s := r.Summary(Running, ""); s.Steps != 6 || s.Certified != 6 {
		t.Errorf("summary %+v", s)
	}
	if err := r.AppendStep(gnStep(7)); err != nil {
		t.Fatal(err)
	}
	if m, err := open(t, r).Metrics(); err != nil || len(m.Steps) != 7 || r.Mark().Bytes <= int64(len(whole)) {
		t.Errorf("metrics %v after one more step (%v)", m, err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// A file that is cut short anywhere, or has one bit turned over, makes the checkpoint unusable; the one before is used, and says so.
func TestContinuePastDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	dir := ended(t)
	newest := filepath.Join(dir, checkpointDir, stepName(6))
	files := map[string][]byte{}
	for _, name := range []string{arraysFile, stateFile, sumsFile} {
		b, err := os.ReadFile(filepath.Join(newest, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	check := func(what, name string, damaged []byte) {
		t.Helper()
		path := filepath.Join(newest, name)
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		r, c, err := Continue(dir)
		if err != nil || stepOf(c) != 4 || len(c.Unusable) != 1 || !strings.Contains(c.Unusable[0].Error(), "step 6: ") {
			t.Fatalf("%s of %s: goes on from %+v (%v)", what, name, c, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stride := 1
	if testing.Short() {
		stride = 7
	}
	for name, b := range files {
		for n := 0; n < len(b); n += stride {
			check(fmt.Sprintf("the first %d bytes", n), name, b[:n])
		}
	}
	names := []string{arraysFile, stateFile, sumsFile}
	for range 1000 / stride {
		name := names[rng.IntN(len(names))]
		b := slices.Clone(files[name])
		at, bit := rng.IntN(len(b)), rng.IntN(8)
		b[at] ^= 1 << bit
		check(fmt.Sprintf("bit %d of byte %d", bit, at), name, b)
	}
	if _, c := goneOn(t, dir); stepOf(c) != 6 {
		t.Errorf("mended, it goes on from %d", stepOf(c))
	}
}

// Lines of metrics.jsonl that are lost or changed take the checkpoints with them that count on them.
func TestContinueChecksMetrics(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"lost":    func(b []byte) []byte { return b[:len(b)-10] },
		"changed": func(b []byte) []byte { b[len(b)-10] ^= 1; return b },
	} {
		dir := ended(t)
		path := filepath.Join(dir, metricsFile)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damage(b), 0o644); err != nil {
			t.Fatal(err)
		}
		_, c := goneOn(t, dir)
		if stepOf(c) != 4 || len(c.Unusable) != 1 || !strings.Contains(c.Unusable[0].Error(), name) {
			t.Errorf("%s: goes on from %d, unusable %v", name, stepOf(c), c.Unusable)
		}
		if _, err := os.Stat(filepath.Join(dir, checkpointDir, asidePrefix+stepName(6))); err != nil {
			t.Errorf("%s: the checkpoint was not put aside: %v", name, err)
		}
	}
}

// A run without a checkpoint begins again; one all of whose checkpoints are damaged does not lose its steps in silence.
func TestContinueFromNothing(t *testing.T) {
	dir := ended(t)
	for _, step := range []int{2, 4, 6} {
		appendTo(t, filepath.Join(dir, checkpointDir, stepName(step), stateFile), " ")
	}
	_, _, err := Continue(dir)
	wantError(t, err, "none of its checkpoints can be used", "step 2", "step 6", "--out")
	if err := os.RemoveAll(filepath.Join(dir, checkpointDir)); err != nil {
		t.Fatal(err)
	}
	r, c := goneOn(t, dir)
	if c.Checkpoint != nil || c.Reached != 6 || r.Mark().Bytes != 0 || r.Summary(Running, "").Steps != 0 {
		t.Errorf("goes on from %+v at %+v", c, r.Mark())
	}
}

func TestContinueRefuses(t *testing.T) {
	dir := ended(t)
	r, _, err := Continue(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Continue(dir)
	wantError(t, err, "in use by another process")
	wantError(t, r.AppendStep(gnStep(7)), "the run is closed") // before Rewind
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = Continue(t.TempDir())
	wantError(t, err, "holds no run")
}

// A process that was killed before the options were written leaves a directory that takes a run.
func TestCreateWhereNothingBegan(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{lockFile, metricsFile, "." + configFile + "9"} {
		appendTo(t, filepath.Join(dir, name), "")
	}
	r, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if Holds(dir) {
		t.Error("it holds a run already")
	}
	if _, err := os.Lstat(filepath.Join(dir, "."+configFile+"9")); err == nil {
		t.Error("a temporary file is left")
	}
}
