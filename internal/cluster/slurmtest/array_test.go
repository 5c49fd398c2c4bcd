// SPDX-License-Identifier: Apache-2.0

package slurmtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/record"
)

const (
	tasks = 8
	steps = 3000
)

// An array of eight tasks does eight runs, each once, whatever happens to three of
// them: one is told that its time is up, one loses its place, one is killed outright.
// Slurm brings the first two back by itself; the third returns when the file is
// submitted again, which does nothing over.
func TestArray(t *testing.T) {
	wanted(t)
	a := prepare(t) // before Slurm, so that it is removed after it
	s := start(t)
	array := s.must(t, "sbatch", "--parsable", a.script)
	task := func(i int) string { return fmt.Sprintf("%s_%d", array, i) }

	a.midway(t, s, 0)
	s.timeIsUp(t, task(0), func() bool { return a.run(t, 0).status == string(record.Interrupted) })
	a.midway(t, s, 1)
	s.must(t, "scontrol", "requeue", task(1))
	a.midway(t, s, 2)
	s.kill(t, task(2))
	await(t, "empty queue", func() bool { return s.queue(t) == "" })
	for i := range tasks {
		if got, want := a.run(t, i).status != string(record.Done), i == 2; got != want {
			t.Errorf("task %d: run is %q; output\n%s", i, a.run(t, i).status, a.output(array, i))
		}
	}

	again := s.must(t, "sbatch", "--parsable", a.script)
	await(t, "empty queue", func() bool { return s.queue(t) == "" })
	for i := range tasks {
		r, interrupted := a.run(t, i), 0
		if i <= 2 {
			interrupted = 1
		}
		if r.status != string(record.Done) || r.steps != steps || r.resumed != interrupted {
			t.Errorf("task %d: run %+v, want it done, steps 1 to %d once each, gone on with %d times; output\n%s%s",
				i, r, steps, interrupted, a.output(array, i), a.output(again, i))
		}
	}
}

// array is a job file and the directory that its tasks share.
type array struct{ dir, script string }

// prepare builds the program and writes the job file.
func prepare(t *testing.T) array {
	t.Helper()
	// The awkward name is part of the test: it stands in a line that sbatch reads.
	a := array{dir: filepath.Join(t.TempDir(), "100% of it's σ")}
	a.script = a.dir + ".sh"
	program := filepath.Join(t.TempDir(), "revgn")
	if out, err := exec.Command("go", "build", "-o", program, "revgn/cmd/revgn").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	emit := exec.Command(program, append([]string{"sweep", "emit", "slurm", "--file", a.script, "--out", a.dir, "--cpus-per-task", "1", "--signal-before", "1m",
		"--backend", "go", "--offline", "--seed", fmt.Sprintf("0..%d", tasks-1), "--steps", fmt.Sprint(steps)},
		strings.Fields("--optimizer sgd --lr 0.01 --hidden 64 --blocks 1 --batch-size 100 --checkpoint-every 100 --eval-every 1000 --measure=false")...)...)
	emit.Dir = filepath.Dir(a.dir)
	if out, err := emit.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return a
}

// midway waits until a run is under way, and sees that it is not yet done.
func (a array) midway(t *testing.T, s slurm, i int) {
	t.Helper()
	await(t, fmt.Sprintf("step of run %d; queue:\n%s", i, s.queue(t)), func() bool { return a.run(t, i).steps >= steps/20 })
	if r := a.run(t, i); r.status == string(record.Done) {
		t.Fatalf("run %d was done before it could be stopped", i)
	}
}

// output is what a task printed.
func (a array) output(job string, i int) string {
	text, err := os.ReadFile(filepath.Join(a.dir, fmt.Sprintf("slurm-%s_%d.out", job, i)))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
