// SPDX-License-Identifier: Apache-2.0

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/backend"
)

// What is wrong is told in one line before anything is measured.
func TestBenchBadUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--optimizer", "gn,adm"}, `got "adm"; allowed: gn, sgd`},
		{[]string{"--optimizer", "gn,gn"}, `got "gn" twice`},
		{[]string{"--dtype", "f32,"}, "allowed: f32, f64"},
		{[]string{"--backend", "go,cuda"}, `backend: got "cuda"`},
		{[]string{"--hidden", "0"}, "hidden: got 0"},
		{[]string{"--epochs", "3"}, "unknown flag: --epochs"},
		{[]string{"--resume"}, "unknown flag: --resume; that is an option of train, and bench makes no run"},
		{[]string{"--time-limit", "1m"}, "unknown flag: --time-limit; that is an option of train"},
		{[]string{"--tensorboard=false"}, "unknown flag: --tensorboard"},
		{[]string{"--mlflow", "d"}, "unknown flag: --mlflow"},
		{[]string{"--vs", "--time-limit 1m"}, "vs: unknown flag: --time-limit"},
		{[]string{"--repeat", "-1"}, "repeat: got -1; allowed: 0 to"},
		{[]string{"--count", "0"}, "count: got 0"},
		{[]string{"--vs", ""}, "vs: got nothing"},
		{[]string{"--vs", "hidden"}, `vs: got "hidden", which is no flag`},
		{[]string{"--vs", "--hiden 3"}, "unknown flag: --hiden"},
		{[]string{"--vs", "--optimizer sgd,adam"}, "got 1 and 2 option sets"},
		{[]string{"--dtype", "f32,f64", "--vs", "--hidden 3"}, "got 2 and 2 option sets"},
		{[]string{"--vs", "--hidden 3", "--sweep", "hidden=1,2"}, "together with sweep"},
		{[]string{"--vs", "--hidden 3", "--phases"}, "together with vs"},
		{[]string{"--vs", "--hidden 3", "--count", "2"}, "together with vs"},
		{[]string{"--analysis", "ntk", "--phases"}, "together with analysis"},
		{[]string{"--analysis", "cka"}, `got "cka"; allowed: none, ntk, ntk-full`},
		{[]string{"--sweep", "lr=1,2"}, "batch-size, hidden, blocks, width"},
		{[]string{"--sweep", "blocks=1,2000"}, "blocks: got 2000"},
		{[]string{"--repeat", "x"}, "invalid argument"},
		{[]string{"digits"}, "unexpected argument \"digits\""},
	} {
		code, stdout, stderr := cli(append([]string{"bench"}, c.args...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// A file that cannot be written is told before anything is measured.
func TestBenchUnwritable(t *testing.T) {
	code, stdout, stderr := cli(smallBench("--phases=false", "--json", filepath.Join(t.TempDir(), "no", "such", "dir.json"))...)
	if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "there is no directory") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
}

// What cannot be measured is told in one line: a backend that is not there, a data set that is not, samples that no network halves.
func TestBenchFails(t *testing.T) {
	noPlugin := "no plugin at"
	if !backend.XLABuilt() {
		noPlugin = "this build has no XLA"
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--backend", "./no-such.so"}, noPlugin},
		{[]string{"--dataset", "csv:no-such.csv"}, "no-such.csv"},
		{[]string{"--train-size", "100000", "--batch-size", "32"}, "train size 100000"},
		{[]string{"--dataset", smallData(t, 60, 5, 3), "--batch-size", "20", "--backend", "go"}, "width 5"},
	} {
		code, _, stderr := cli(append([]string{"bench"}, c.args...)...)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		if last := lines[len(lines)-1]; code != exitFailed || !strings.HasPrefix(last, "revgn: bench: ") || !strings.Contains(last, c.want) {
			t.Errorf("%q: exit %d, %q, want %q", c.args, code, stderr, c.want)
		}
	}
}
