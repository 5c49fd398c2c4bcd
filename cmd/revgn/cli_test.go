// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// cli runs one command line in this process.
func cli(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, &out, &err)
	return code, out.String(), err.String()
}

// Bad usage is one line on stderr with a hint and exit code 2; stdout stays empty.
func TestBadUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"trian", `revgn: unknown command "trian"; allowed: `},
		{"help trian", `revgn: help: unknown command "trian"; allowed: `},
		{"help sweep plna", `did you mean "plan"?`},
		{"trian", `did you mean "train"?`},
		{"data lsit", `did you mean "list"?`},
		{"train --epoch 3", `did you mean "--epochs"?`},
		{"train --learning-rate 0.1", `did you mean "--lr"?`},
		{"sweep --device cuda", `did you mean "--backend"?`},
		{"backend install gpu", `did you mean "xla:cuda"?`},
		{"train --lr 0.1,0.3", "such as 0.1 or 1e-4; several runs are `revgn sweep --lr 0.1,0.3` (see"},
		{"train --seed 0..4", "; several runs are `revgn sweep --seed 0..4`"},
		{"train --optimizer gn,adam", "; several runs are `revgn sweep --optimizer gn,adam`"},
		{"train --lr 0.1,x", "want a number, such as 0.1 or 1e-4 (see"},
		{"train lr=0.1", "it takes flags alone; options begin with two dashes: --lr=0.1"},
		{"sweep lr=0.1,0.3", `unexpected argument "lr=0.1,0.3"; want a file or the directory of a sweep; options begin with two dashes: --lr=0.1,0.3`},
		{"sweep plan lr=0.1 +seed=0..4", "or the directory of a sweep; options begin with two dashes: --seed=0..4"},
		{"export", "revgn: export: got no run; give one run directory, such as runs/NAME (see `revgn export --help`)"},
		{"export a b", "got 2 runs; give one run directory"},
		{"compare a", "compare: got 1 run; give two run directories"},
		{"sweep status", "sweep status: got no sweep; give the directory of one sweep, such as runs/NAME"},
		{"data get", "data get: got no data set; give one or more of mnist, fashion-mnist"},
		{"data info a b", "data info: got 2 data sets; give one, such as digits"},
		{"backend info go go", "backend info: got 2 backends; give one, such as xla:cpu"},
		{"train --augmet crop", "unknown flag: --augmet"},
		{"train --resum", "unknown flag: --resum"},
		{"train --rtoll 0.01", "unknown flag: --rtoll"},
		{"train --lr", "needs an argument"},
		{"train --lr -1", "lr: got -1"},
		{"train --dtype f16", "allowed: f32, f64"},
		{"train --preset mnsit", `did you mean "mnist-minibatch"?`},
		{"train --dataset foo.csv", `did you mean "csv:foo.csv"?`},
		{"bench --steps 3", "unknown flag: --steps; how many steps bench times is --repeat"},
		{"bench --vs --hiden=3", `vs: unknown flag: --hiden; did you mean "--hidden"?`},
		{"reproduce lst", `did you mean "list"?`},
		{"train --preset minst", "allowed: digits, mnist-minibatch"},
		{"train --config no-such.yaml", "no-such.yaml"},
		{"train extra", "revgn: train: unexpected argument \"extra\"; it takes flags alone (see `revgn train --help`)"},
		{"verify extra", "revgn: verify: unexpected argument"},
		{"sweep emit slrum --lr 1", `revgn: sweep emit: unknown command "slrum"; allowed: kubernetes, slurm; did you mean "slurm"?`},
		{"train --lr 0", "revgn: train: lr: got 0"},
		{"verify --dtype f16", "revgn: verify: dtype: got"},
		{"sweep plan --lr 0", "revgn: sweep plan: "},
		{"train --bias false", "after an equals sign"},
		{"version extra", "revgn version"},
		{"--nope", "unknown flag: --nope"},
	} {
		code, stdout, stderr := cli(strings.Fields(c.args)...)
		if code != exitUsage || stdout != "" {
			t.Errorf("%s: exit %d, stdout %q", c.args, code, stdout)
		}
		if !strings.HasPrefix(stderr, "revgn: ") || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: stderr %q, want %q in one line", c.args, stderr, c.want)
		}
	}
}

func TestJSONErrors(t *testing.T) {
	for _, args := range []string{"train --log-format json --lr 0", "train --lr 0 --log-format=json"} {
		code, _, stderr := cli(strings.Fields(args)...)
		var o struct {
			Kind, Error string
			Exit        int
		}
		if err := json.Unmarshal([]byte(stderr), &o); err != nil {
			t.Fatalf("%q: %v", stderr, err)
		}
		if o.Kind != "error" || o.Exit != exitUsage || code != exitUsage || !strings.Contains(o.Error, "lr: got 0") {
			t.Errorf("exit %d, %+v", code, o)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{errors.New("x"), exitFailed},
		{usageError(errors.New("x")), exitUsage},
		{fmt.Errorf("wrapped: %w", &exitError{exitCheck, errors.New("x")}), exitCheck},
		{fmt.Errorf("wrapped: %w", context.Canceled), exitInterrupted},
		{context.Canceled, exitInterrupted},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
	if usageError(nil) != nil {
		t.Error("no error became one")
	}
}

func TestErrorsAreOneLine(t *testing.T) {
	var b strings.Builder
	printError(&b, errors.New("a\nb\n\nc\n"), false)
	if b.String() != "revgn: a; b; c\n" {
		t.Errorf("got %q", b.String())
	}
}

// Help goes to stdout with exit code 0, for every command, and shows the values
// that enumerated options allow.
func TestHelp(t *testing.T) {
	var visit func(cmd *cobra.Command, path []string)
	visit = func(cmd *cobra.Command, path []string) {
		code, stdout, stderr := cli(append(path, "--help")...)
		if code != exitDone || stderr != "" || !strings.Contains(stdout, "Usage:") {
			t.Errorf("%v: exit %d, stderr %q", path, code, stderr)
		}
		if cmd.Short == "" {
			t.Errorf("%v has no short description", path)
		}
		for _, sub := range cmd.Commands() {
			visit(sub, append(path[:len(path):len(path)], sub.Name()))
		}
	}
	visit(newRootCommand(io.Discard, io.Discard), nil)

	_, stdout, _ := cli("train", "--help")
	for _, want := range []string{"gn|sgd|momentum|adam|adamw", "f32|f64", "digits|mnist-minibatch|mnist-fullbatch|cifar10-minibatch|cifar10-fullbatch", "cross-entropy|mse", "text|json"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("help of train does not show %q", want)
		}
	}
	if code, stdout, _ := cli(); code != exitDone || !strings.Contains(stdout, "Usage:") {
		t.Errorf("bare revgn: exit %d", code)
	}
}

// The commands that the interface promises.
func TestCommands(t *testing.T) {
	have := map[string]bool{}
	for _, cmd := range newRootCommand(io.Discard, io.Discard).Commands() {
		have[cmd.Name()] = true
	}
	for _, name := range []string{"train", "verify", "bench", "export", "data", "backend", "version", "completion"} {
		if !have[name] {
			t.Errorf("no command %q", name)
		}
	}
}

func TestVersion(t *testing.T) {
	code, stdout, _ := cli("version")
	if _, short, _ := cli("--version"); short != stdout {
		t.Errorf("--version says %q, version %q", short, stdout)
	}
	if code != exitDone || !strings.HasPrefix(stdout, "revgn ") || !strings.Contains(stdout, "go1.") {
		t.Errorf("exit %d, %q", code, stdout)
	}
	var v version
	if _, stdout, _ = cli("version", "--json"); json.Unmarshal([]byte(stdout), &v) != nil || v.Program != "revgn" {
		t.Errorf("got %q", stdout)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, stdout, _ := cli("completion", shell); code != exitDone || !strings.Contains(stdout, "revgn") {
			t.Errorf("%s: exit %d", shell, code)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"sweep ", "plan\tTell"}, {"sweep ", ":0\n"}, {"reproduce ", "\n8:narrow\n"}, {"reproduce --scale ", "smoke\ncpu\npaper\n:4\n"}, {"train --backend ", "xla:cpu\n"},
		{"sweep --backend ", "xla:cpu\n"}, {"data get ", "mnist\nfashion-mnist\ncifar10\ncifar100\n:4\n"}, {"backend install ", "xla:cuda\n"}, {"export ", ":16\n"},
		{"train --outp", "\tmultiply what training adds to the logits"}, {"help sweep ", "emit\tWrite"},
	} {
		if _, stdout, _ := cli(append([]string{"__complete"}, strings.Split(c.args, " ")...)...); !strings.Contains(stdout, c.want) || strings.Contains(stdout, "`") {
			t.Errorf("%s: got %q, want %q", c.args, stdout, c.want)
		}
	}
	if _, stdout, _ := cli("__complete", "train", "--optimizer", ""); !strings.Contains(stdout, "gn\nsgd\nmomentum\nadam\nadamw\n") {
		t.Errorf("got %q", stdout)
	}
}
