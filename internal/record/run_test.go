// SPDX-License-Identifier: Apache-2.0

package record

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// create begins a run in a fresh directory.
func create(t testing.TB) *Run {
	t.Helper()
	r, err := Create(filepath.Join(t.TempDir(), "a", "run"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// open opens for reading the run that r writes.
func open(t testing.TB, r *Run) *Reader {
	t.Helper()
	if err := r.WriteConfig([]byte("seed: 42\n")); err != nil {
		t.Fatal(err)
	}
	in, err := Open(r.Dir())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// wantError fails unless err is one line that holds every part.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has more than one line: %q", err)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q, want one with %q", err, p)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"config.yaml", "already holds a run (config.yaml)"},
		{"manifest.json", "already holds a run (manifest.json)"},
		{"metrics.jsonl", "already holds a run (metrics.jsonl)"},
		{"thesis.tex", `not empty (it holds "thesis.tex")`},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.file)
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Create(dir)
		wantError(t, err, dir, c.want, "--out")
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: a refusal left %v (%v)", c.file, entries, err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
			t.Errorf("%s: a refusal changed it to %q (%v)", c.file, b, err)
		}
	}
}

func TestCreateBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Create(filepath.Join(file, "run"))
	wantError(t, err, file, "not a directory")
	_, err = Create(file)
	wantError(t, err, file, "not a directory")
}

func TestCreateReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := Create(filepath.Join(dir, "run"))
	wantError(t, err, dir, "permission denied", "--out")
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	r, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	// Without its file the directory looks empty: only the lock stands.
	if err := os.Remove(filepath.Join(dir, metricsFile)); err != nil {
		t.Fatal(err)
	}
	_, err = Create(dir)
	wantError(t, err, dir, "in use by another process")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	again, err := Create(dir)
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, lockFile)); !os.IsNotExist(err) {
		t.Errorf("the lock file is still there (%v)", err)
	}
	wantError(t, again.AppendStep(StepRecord{}), "the run is closed")
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(dir)
	wantError(t, err, dir, "holds no run", "config.yaml")
	_, err = Open(filepath.Join(dir, "absent"))
	wantError(t, err, "absent", "no such file")
}

func TestDamagedFilesNameLine(t *testing.T) {
	r := create(t)
	in := open(t, r)
	_, err := in.Summary()
	wantError(t, err, "summary.json", "ended before it was written")
	for _, c := range []struct{ text, line string }{
		{"{\n \"status\": \"done\",\n \"steps\": x\n}", "summary.json:3:"},
		{"{\n \"steps\": \"many\"\n}", "summary.json:2:"},
		{"", "summary.json:1:"},
		{"{\"status\": \"asleep\"}", "want running, done"},
	} {
		if err := os.WriteFile(filepath.Join(r.Dir(), summaryFile), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := in.Summary()
		wantError(t, err, c.line)
	}
}

func TestManifestRoundTrip(t *testing.T) {
	t.Setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
	r := create(t)
	in := open(t, r)
	m := NewManifest(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	m.Backend, m.Device, m.DType = "xla:cpu", "cpu", "f32"
	m.DataNotes = []string{"one short row"}
	if err := r.WriteManifest(m); err != nil {
		t.Fatal(err)
	}
	got, err := in.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if got.XLAFlags != "--xla_cpu_enable_fast_math=false" || got.Host.CPUs < 1 || got.GoVersion == "" || got.Program != "revgn" {
		t.Errorf("the process is described as %+v", got)
	}
	if !got.Started.Equal(m.Started) || !got.Ended.IsZero() || got.DataNotes[0] != "one short row" || got.Backend != "xla:cpu" {
		t.Errorf("got %+v", got)
	}
	b, err := os.ReadFile(filepath.Join(r.Dir(), manifestFile))
	if err != nil || strings.Contains(string(b), "ended") {
		t.Errorf("a run under way has an end: %s (%v)", b, err)
	}
	if c, err := in.Config(); err != nil || string(c) != "seed: 42\n" {
		t.Errorf("config %q (%v)", c, err)
	}
}

func TestDefaultDir(t *testing.T) {
	base := t.TempDir()
	now := time.Date(2026, 11, 23, 15, 6, 7, 0, time.UTC)
	for _, want := range []string{"20261123-150607-csv-my-file.csv-gn", "20261123-150607-csv-my-file.csv-gn-2", "20261123-150607-csv-my-file.csv-gn-3"} {
		dir := DefaultDir(base, "csv:my/file.csv gn", now)
		if dir != filepath.Join(base, want) {
			t.Errorf("got %s, want %s", dir, want)
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
