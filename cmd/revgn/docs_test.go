// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// quoted is a command in a ```console block of a document.
type quoted struct {
	where string
	words []string
}

// documents are the files whose commands are checked.
func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob("../../*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 || len(top) < 4 {
		t.Fatalf("documents not found: %v %v", files, top)
	}
	return append(files, top...)
}

// quotedCommands returns the `$ ` lines of a document's console blocks. A command
// in any other block would go unchecked, so it is an error.
func quotedCommands(t *testing.T, path string) []quoted {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []quoted
	fence := ""
	stray := regexp.MustCompile(`^\s*(\$ )?(bin/revgn|revgn|make|go run|go build) [a-z]`)
	for _, line := range strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```") && fence == "":
			fence = trimmed
		case strings.HasPrefix(trimmed, "```"):
			fence = ""
		case fence == "```console" && strings.HasPrefix(trimmed, "$ "):
			found = append(found, quoted{filepath.Base(path) + ": " + trimmed, shellWords(trimmed[2:])})
		case fence != "" && fence != "```console" && stray.MatchString(line):
			t.Errorf("%s: %q stands in a %s block; commands stand in ```console blocks", path, trimmed, fence)
		}
	}
	return found
}

// shellWords splits at blanks outside quotes, up to a comment.
func shellWords(s string) []string {
	if i := strings.Index(s, " #"); i >= 0 {
		s = s[:i]
	}
	var words []string
	for _, m := range regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`).FindAllString(s, -1) {
		words = append(words, strings.NewReplacer(`"`, "", `'`, "").Replace(m))
	}
	return words
}

// Every command that a document quotes is one that the program accepts.
func TestDocumentedCommands(t *testing.T) {
	count := 0
	for _, path := range documents(t) {
		for _, q := range quotedCommands(t, path) {
			count++
			t.Run(q.where, func(t *testing.T) { checkQuoted(t, q.words) })
		}
	}
	if count < 10 {
		t.Errorf("only %d commands found in the documents", count)
	}
}

func checkQuoted(t *testing.T, words []string) {
	for len(words) > 0 && regexp.MustCompile(`^[A-Z_]+=`).MatchString(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		t.Fatal("no command")
	}
	switch words[0] {
	case "revgn", "bin/revgn":
		checkRevgn(t, words[1:])
	case "make":
		checkMake(t, words[1:])
	case ".ci/run":
		if info, err := os.Stat("../../.ci/run"); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf(".ci/run is not there or not executable: %v", err)
		}
	case "git", "cd", "cp", "pip", "export", "sbatch", "kubectl":
	case "go":
		if len(words) < 2 || !slices.Contains([]string{"test", "build", "tool", "vet"}, words[1]) {
			t.Errorf("unexpected go command %v", words)
		}
	default:
		t.Errorf("nothing here checks %q", words[0])
	}
}

// checkRevgn parses a command line with the real command tree, and runs it when
// it is short and touches nothing.
func checkRevgn(t *testing.T, args []string) {
	cmd, rest, err := newRootCommand(io.Discard, io.Discard).Find(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil && !errors.Is(err, pflag.ErrHelp) {
		t.Fatal(err)
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Fatal(err)
	}
	if cmd.Name() == "train" {
		checkTrain(t, rest)
	}
	if cmd.Name() == "bench" {
		checkBench(t, args)
	}
	if words := strings.Fields(cmd.CommandPath()); len(words) > 1 && words[1] == "sweep" && (cmd.Name() == "sweep" || cmd.Name() == "plan") {
		checkSweep(t, cmd)
	}
	short := []string{"", "version", "version --json", "data list", "data info digits", "backend list", "completion bash", "train --help", "--help"}
	if slices.Contains(short, strings.Join(args, " ")) {
		t.Setenv("REVGN_OFFLINE", "1")
		if code, _, stderr := cli(args...); code != exitDone {
			t.Errorf("exit %d: %s", code, stderr)
		}
	}
}

// checkTrain resolves the options of a train command, without its config file,
// which only exists after a run.
func checkTrain(t *testing.T, args []string) {
	cmd := newTrainCommand()
	if i := slices.Index(args, "--config"); i >= 0 && i+1 < len(args) {
		args = slices.Delete(slices.Clone(args), i, i+2)
	}
	if err := cmd.ParseFlags(args); errors.Is(err, pflag.ErrHelp) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	if _, err := trainOptions(cmd.Flags()); err != nil {
		t.Error(err)
	}
}

// checkBench checks the options of a bench command and stops before it measures.
func checkBench(t *testing.T, args []string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	root := newRootCommand(io.Discard, io.Discard)
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want one that was cancelled", err)
	}
}

// checkSweep resolves the runs of a sweep command, unless a file or a directory defines them, which are not there.
func checkSweep(t *testing.T, cmd *cobra.Command) {
	if cmd.Flags().NArg() > 0 || cmd.Flags().Changed("help") {
		return
	}
	o := sweepOptions{groupBy: "optimizer", out: t.TempDir()}
	if _, err := o.gather(cmd, nil); err != nil {
		t.Error(err)
	}
}

// checkMake asks make itself whether it knows the targets; ARGS are those of the
// command that the target runs.
func checkMake(t *testing.T, words []string) {
	var target string
	for _, w := range words {
		if args, ok := strings.CutPrefix(w, "ARGS="); ok {
			if target == "bench" || target == "table" || target == "peers" {
				continue // not arguments of revgn
			}
			checkRevgn(t, append([]string{target}, strings.Fields(args)...))
		} else if !strings.Contains(w, "=") {
			target = w
		}
	}
	cmd := exec.Command("make", append([]string{"-n", "-C", "../.."}, words...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestShellWords(t *testing.T) {
	got := shellWords(`make train ARGS="--lr 0.5 --steps 3" x='a b'  # a comment`)
	if want := []string{"make", "train", "ARGS=--lr 0.5 --steps 3", "x=a b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
