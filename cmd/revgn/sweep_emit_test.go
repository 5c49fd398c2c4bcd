// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"revgn/internal/record"
)

// awkward are options of a sweep whose values need care on their way through a file and back.
func awkward() []string {
	return []string{"--lr", "0.1..10:log3", "--seed", "0..2", "--optimizer", "gn;adam", "--augment", "none;crop,flip", "--dataset", "csv:it's $(HOME).csv", "--workers=2", "--fail-fast", "--gpus", "0,1"}
}

// planned are the ids of the runs that a command line of `revgn sweep` comes to.
func planned(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := newSweepCommand()
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	var o sweepOptions
	o.groupBy = "optimizer"
	g, err := o.gather(cmd, cmd.Flags().Args())
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	var ids []string
	for _, run := range g.runs {
		ids = append(ids, run.ID)
	}
	return ids
}

// The command in the batch script is the same sweep as the one that was asked for, in a directory that all tasks agree on.
func TestEmittedSlurmScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash, which runs Slurm's scripts:", err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "say arguments")
	if err := os.WriteFile(program, []byte("#!"+bash+"\nprintf '%s\\0' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, file := filepath.Join(dir, "my rates"), filepath.Join(dir, "job.sh")
	code, stdout, stderr := cli(append([]string{"sweep", "emit", "slurm", "--out", out, "--file", file, "--program", program, "--time", "90m", "--partition", "gpu"}, awkward()...)...)
	made := record.Short(out) + ": made, since Slurm opens the output of tasks in it before it starts them\n"
	if want := made + file + ": 36 runs in 36 tasks; start it with `sbatch " + file + "`\n"; code != exitDone || stdout != "" || stderr != want {
		t.Fatalf("exit %d, stdout %q, stderr %q, want %q", code, stdout, stderr, want)
	}
	if _, err := os.Stat(out); err != nil {
		t.Errorf("Slurm could not write output: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--job-name=my-rates\n", "--array=0-35\n", "--time=0-01:30:00\n", "--partition=gpu\n", "--output=\"" + out + "/slurm-%A_%a.out\"\n", "REVGN_SHARD_COUNT=36\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	said, err := exec.Command(bash, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	checkCommand(t, strings.Split(strings.TrimSuffix(string(said), "\x00"), "\x00"), out)
}

// checkCommand compares a command line in a job file with the one that it was made from.
func checkCommand(t *testing.T, words []string, out string) {
	t.Helper()
	if words[0] != "sweep" || !slices.Contains(words, "--out="+out) {
		t.Errorf("got %q, want a sweep in %s", words, out)
	}
	for _, want := range []string{"--workers=2", "--fail-fast=true", "--gpus=0,1"} {
		if !slices.Contains(words, want) {
			t.Errorf("no %s in %q", want, words)
		}
	}
	if diff := cmp.Diff(planned(t, awkward()...), planned(t, words[1:]...)); diff != "" {
		t.Errorf("%q are other runs (-want +got):\n%s", words, diff)
	}
}

func TestEmittedKubernetesJob(t *testing.T) {
	code, stdout, stderr := cli(append([]string{"sweep", "emit", "kubernetes", "--out", "rates", "--image", "registry.example/revgn:1.0", "--pvc", "sweeps", "--shards", "6"}, awkward()...)...)
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var job struct {
		Spec struct {
			Completions int
			Template    struct {
				Spec struct {
					Containers []struct{ Command, Args []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(stdout), &job); err != nil {
		t.Fatal(err)
	}
	c := job.Spec.Template.Spec.Containers[0]
	if job.Spec.Completions != 6 || !slices.Equal(c.Command, []string{"revgn"}) {
		t.Errorf("%d pods of %q, want 6 of revgn", job.Spec.Completions, c.Command)
	}
	for i := range c.Args {
		c.Args[i] = strings.ReplaceAll(c.Args[i], "$$", "$") // as Kubernetes does
	}
	checkCommand(t, c.Args, "rates")
}

// A definition without a directory gets one that every task comes to.
func TestEmittedDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := cli("sweep", "emit", "slurm", "--seed", "0..2")
	if code != exitDone || !strings.Contains(stdout, "--out=runs/sweep-") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
}

func TestEmitRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ args, want string }{
		{"slurm", "no options are given"},
		{"slurm --seed 0..2 --shard 0/3", "unknown flag: --shard"},
		{"slurm --seed 0..2 --shards -1", "shards: got -1"},
		{"slurm --seed 0..2 --time 1m", "time: got 1m0s"},
		{"slurm --seed 0..2 --time 4", `got "4"; want a duration such as 90m or 4h, or a time as sbatch writes it: H:MM:SS`},
		{"slurm --seed 0..2 --sbatch exclusive", "sbatch: got"},
		{"kubernetes --seed 0..2", "image: got nothing"},
		{"kubernetes --seed 0..2 --image i", "pvc: got nothing"},
		{"kubernetes --seed 0..2 --image i --pvc p --out /elsewhere", "outside the shared volume"},
		{"kubernetes --seed 0..2 --image i --pvc p --job-name A", "job-name: got"},
		{"slrum", `did you mean "slurm"?`},
	} {
		code, stdout, stderr := cli(append([]string{"sweep", "emit"}, strings.Fields(c.args)...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q in one line", c.args, code, stdout, stderr, c.want)
		}
	}
	if code, _, stderr := cli("sweep", "emit", "slurm", "--seed", "0..2", "--file", filepath.Join("absent", "job.sh")); code != exitFailed || !strings.Contains(stderr, "there is no directory absent") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A time as sbatch takes it stands in the script as it was meant.
func TestEmittedTime(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, want := range map[string]string{"4:00:00": "--time=0-04:00:00\n", "1-06:30": "--time=1-06:30:00\n"} {
		if code, stdout, stderr := cli("sweep", "emit", "slurm", "--seed", "0..2", "--time", text); code != exitDone || !strings.Contains(stdout, want) {
			t.Errorf("%s: exit %d, no %q in %s%s", text, code, want, stdout, stderr)
		}
	}
}

// The shard comes from the option or the environment, is told, and what contradicts itself is bad usage.
func TestSweepShard(t *testing.T) {
	args := []string{"sweep", "--seed", "0..2", "--out", filepath.Join(t.TempDir(), "sweep"), "--steps", "0"}
	for _, c := range []struct{ flag, index, want string }{
		{"3/3", "", "--shard: got 3/3"},
		{"", "3", "REVGN_SHARD_COUNT"},
		{"x", "", "--shard: got \"x\""},
	} {
		t.Setenv("JOB_COMPLETION_INDEX", c.index)
		code, _, stderr := cli(append(args, "--shard="+c.flag)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%+v: exit %d, %s", c, code, stderr)
		}
	}
}
