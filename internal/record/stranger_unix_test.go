// SPDX-License-Identifier: Apache-2.0

//go:build unix

package record

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// victim is a file that no run directory may lead to.
func victim(t *testing.T) (path string, intact func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "victim")
	const content = "alias ls='ls -l'\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, func() {
		t.Helper()
		b, err := os.ReadFile(path)
		entries, dirErr := os.ReadDir(filepath.Dir(path))
		if err != nil || dirErr != nil || string(b) != content || len(entries) != 1 {
			t.Errorf("the file outside is %q (%v), beside it lie %v (%v)", b, err, entries, dirErr)
		}
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestAnalysesAreNotWrittenThroughLinks(t *testing.T) {
	for _, name := range []string{"analysis", "analysis/x.json", "analysis/x.previous.json", "analysis/x-step-00000001.npz"} {
		path, intact := victim(t)
		dir := t.TempDir()
		target := path
		if name == "analysis" {
			target = filepath.Dir(path)
		}
		link(t, target, filepath.Join(dir, name))
		for _, fresh := range []bool{true, false} {
			_, err := OpenAnalysis(dir, Analysis[int]{Analysis: "x"}, fresh)
			if err == nil || !strings.Contains(err.Error(), "a symbolic link") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %v, want a refusal in one line", name, err)
			}
		}
		intact()
	}
}

// A run goes on only where nothing that it appends to, replaces or removes lies elsewhere.
func TestRunsDoNotGoOnThroughLinks(t *testing.T) {
	for _, name := range []string{lockFile, metricsFile, summaryFile, checkpointDir, "checkpoints/step-00000001", "checkpoints/step-00000001/keep", "checkpoints/.tmp-1"} {
		path, intact := victim(t)
		r, _ := strangersRun(t)
		at := filepath.Join(r.Dir(), name)
		if err := os.RemoveAll(at); err != nil {
			t.Fatal(err)
		}
		target := path
		if name == checkpointDir || strings.HasSuffix(name, stepName(1)) {
			target = filepath.Dir(path)
		}
		link(t, target, at)
		if _, _, err := Continue(r.Dir()); err == nil || !strings.Contains(err.Error(), at+": it is a symbolic link") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
		intact()
	}
}

// The directory itself may be a link: whoever names it knows where it leads.
func TestARunMayBeNamedByALink(t *testing.T) {
	r, _ := strangersRun(t)
	name := filepath.Join(t.TempDir(), "latest")
	link(t, r.Dir(), name)
	run, _, err := Continue(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Close(); err != nil {
		t.Error(err)
	}
}

// A lock that is a link would make its target, one that is a pipe would wait for ever.
func TestCreateRefusesAStrangersLock(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "made")
	link(t, outside, filepath.Join(dir, lockFile))
	if _, err := Create(dir); err == nil || !strings.Contains(err.Error(), "a symbolic link") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("the link's target was made")
	}
	pipes := t.TempDir()
	pipe(t, filepath.Join(pipes, lockFile))
	if _, err := Create(pipes); err == nil || !strings.Contains(err.Error(), "a named pipe") {
		t.Errorf("got %v", err)
	}
}

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every file of a run is read only where it is one: a pipe would wait for ever.
func TestPipesAreNotRead(t *testing.T) {
	reads := map[string]func(*Reader) error{
		manifestFile: func(r *Reader) error { _, err := r.Manifest(); return err },
		summaryFile:  func(r *Reader) error { _, err := r.Summary(); return err },
		metricsFile:  func(r *Reader) error { _, err := r.Metrics(); return err },
		configFile:   func(r *Reader) error { _, err := Open(r.Dir()); return err },
	}
	for _, name := range []string{stateFile, arraysFile, sumsFile} {
		reads[filepath.Join(checkpointDir, stepName(1), name)] = func(r *Reader) error { _, err := r.Checkpoint(1); return err }
	}
	for name, read := range reads {
		r, _ := strangersRun(t)
		path := filepath.Join(r.Dir(), name)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		pipe(t, path)
		if err := read(r); err == nil || !strings.Contains(err.Error(), "a named pipe") || strings.Count(err.Error(), path) > 1 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A file that claims to be endless is not read to its end.
func TestLargeFilesAreNotRead(t *testing.T) {
	r, _ := strangersRun(t)
	path := filepath.Join(r.Dir(), manifestFile)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skipf("no sparse file of 1 TiB can be made here: %v", err)
	}
	if _, err := r.Manifest(); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}
