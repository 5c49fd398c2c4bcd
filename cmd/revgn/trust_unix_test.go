// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/config"
)

// evilPlugin is a library that leaves a mark where it is loaded. ran tells whether it was, and forgets it.
func evilPlugin(t *testing.T) (path string, ran func() bool) {
	t.Helper()
	if !backend.XLABuilt() {
		t.Skip("this build has no XLA, so that it loads no library")
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler here to make a library with")
	}
	dir := t.TempDir()
	path, mark := filepath.Join(dir, "evil.so"), filepath.Join(dir, "ran")
	source := filepath.Join(dir, "evil.c")
	writeTestFile(t, source, "#include <stdio.h>\n__attribute__((constructor)) static void run(void) { fclose(fopen(\""+mark+"\", \"w\")); }\n")
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path, func() bool { return os.Remove(mark) == nil }
}

// rewrite changes an option in the config.yaml of a run, as a stranger could who sends the run.
func rewrite(t *testing.T, run, option, value string) {
	t.Helper()
	path := filepath.Join(run, "config.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile("(?m)^" + option + ": .*$")
	if !line.Match(text) {
		t.Fatalf("%s has no %s", path, option)
	}
	writeTestFile(t, path, line.ReplaceAllLiteralString(string(text), option+": "+value))
}

// A file that names a plugin does not get it loaded; a user who names it does.
func TestOnlyTheUserNamesAPlugin(t *testing.T) {
	evil, ran := evilPlugin(t)
	run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), "--steps", "1", "--epochs", "0")...)
	t.Chdir(filepath.Dir(evil))
	for _, name := range []string{evil, "./evil.so", "evil.so"} {
		rewrite(t, run.Dir(), "backend", name)
		file := filepath.Join(run.Dir(), "config.yaml")
		out := filepath.Join(t.TempDir(), "again")
		refused(t, exitUsage, "names the plugin "+name, "train", "--config", file, "--out", out)
		refused(t, exitUsage, file+" names the plugin "+name, "train", "--resume", "--out", run.Dir())
		for _, args := range [][]string{
			{"train", "--config", file, "--out", out, "--backend", "go"},
			{"analyze", "weights", run.Dir()},
			{"analyze", "cka", run.Dir(), "--backend", "go", "--probes", "16"},
			{"export", run.Dir(), "--out", filepath.Join(t.TempDir(), "a.npz")},
		} {
			if code, _, stderr := cli(args...); code != exitDone {
				t.Errorf("%v: exit %d\n%s", args, code, stderr)
			}
			os.RemoveAll(out)
		}
		if ran() {
			t.Errorf("backend: %s in a file: its code was run", name)
		}
	}
	refused(t, exitFailed, "evil.so", "train", "--config", filepath.Join(run.Dir(), "config.yaml"), "--backend", evil, "--out", filepath.Join(t.TempDir(), "named"))
	if !ran() {
		t.Error("the library leaves no mark when it is loaded, so that this test shows nothing")
	}
}

// Two small files can describe a network of any size.
func TestImpossibleNetworksAreNotLoaded(t *testing.T) {
	dir := storedRun(t, config.F32, 5)
	rewrite(t, dir, "hidden", "10000000")
	rewrite(t, dir, "blocks", "1000")
	if _, err := export(dir, "--step", "0"); err == nil || !strings.Contains(err.Error(), "GiB left") {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(dir, "manifest.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, path, strings.Replace(string(text), `"features": 4`, `"features": 2000000000000`, 1))
	if _, err := export(dir, "--step", "0"); err == nil || !strings.Contains(err.Error(), "2000000000000 features, want at most") {
		t.Errorf("got %v", err)
	}
}

// A message that quotes a file must not steer the terminal.
func TestErrorsHoldNoControlCharacters(t *testing.T) {
	var b strings.Builder
	printError(&b, &os.PathError{Op: "open", Path: "a\x1b]0;owned\x07b\nc", Err: os.ErrNotExist}, false)
	if got := strings.TrimSuffix(b.String(), "\n"); strings.ContainsFunc(got, func(r rune) bool { return r < ' ' }) || !strings.Contains(got, "owned") {
		t.Errorf("got %q", got)
	}
}
