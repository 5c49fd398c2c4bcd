// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"revgn/internal/record"
)

// sweepTorture is the size of TestKilledSweeps; `make torture` asks for all of it.
type sweepTorture struct {
	runs, processes, kills int
}

func tortureSize() sweepTorture {
	if os.Getenv(killsVariable) != "" {
		return sweepTorture{60, 4, 12}
	}
	return sweepTorture{6, 2, 2}
}

// Several processes work on one sweep; some are killed at random moments, with their children or without, and started again. In the end every run is done, none was
// made twice, and no record is partial.
func TestKilledSweeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	tortureSweep(t, dir, tortureSize(), func() {})
}

// The same where the disk is full half way.
func TestKilledSweepsOnAFullDisk(t *testing.T) {
	if os.Getenv(killsVariable) == "" {
		t.Skipf("takes minutes: make torture sets %s", killsVariable)
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=15m"); err != nil {
		t.Skipf("mounting a small file system needs root and the right to mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	dir := filepath.Join(disk, "sweep")
	tortureSweep(t, dir, tortureSize(), func() {
		if stdout, stderr := ran(t, exitFailed, tortureArgs(t, dir, tortureSize().runs)...); !strings.Contains(stderr, "no space left on device") {
			t.Errorf("the disk was never full:\n%s%s", stdout, stderr)
		}
		if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=500m"); err != nil {
			t.Fatal(err)
		}
	})
}

// tortureArgs are digits runs over seeds and optimizers.
func tortureArgs(t *testing.T, dir string, runs int) []string {
	t.Helper()
	return strings.Fields(fmt.Sprintf("--dataset digits --train-size 200 --hidden 64 --batch-size 50 --steps 24 --eval-every 6 --checkpoint-every 4 --backend go --optimizer gn,adam --seed 0..%d --retries 3 --takeover-after 5s --out %s",
		runs/2-1, dir))
}

// tortureLimit is how long one process may take on a busy machine.
const tortureLimit = 20 * time.Minute

// sweeper starts a process of the sweep.
func sweeper(t *testing.T, args []string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := programWithin(t, tortureLimit, append([]string{"sweep"}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

func tortureSweep(t *testing.T, dir string, size sweepTorture, interlude func()) {
	args := tortureArgs(t, dir, size.runs)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	var processes []*exec.Cmd
	var outputs []*bytes.Buffer
	for range size.processes {
		cmd, out := sweeper(t, args)
		processes, outputs = append(processes, cmd), append(outputs, out)
	}
	hits := 0
	for hits < size.kills && awaitMore(t, dir, hits*size.runs/(2*size.kills), size.runs) {
		time.Sleep(time.Duration(rng.Float64() * float64(200*time.Millisecond)))
		i := hits % 2 // two of them
		if rng.IntN(3) == 0 {
			killChild(processes[i].Process.Pid)
		} else {
			processes[i].Process.Kill()
			processes[i].Wait()
			processes[i], outputs[i] = sweeper(t, args)
		}
		hits++
	}
	for i, cmd := range processes {
		if err := cmd.Wait(); err != nil && !strings.Contains(outputs[i].String(), "no space left on device") {
			t.Errorf("process %d: %v\n%s", i, err, outputs[i])
		}
	}
	interlude()
	stdout, _ := ran(t, exitDone, append(args, "--log-format", "json")...)
	checkTortured(t, dir, sweptOf(t, stdout), size)
	t.Logf("%d kills, %d attempts at %d runs", hits, total(starts(t, dir)), size.runs)
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// awaitMore waits until so many runs are done and another has made a step; false where the sweep gets no further.
func awaitMore(t *testing.T, dir string, done, all int) bool {
	t.Helper()
	last, since := -1, time.Now()
	for {
		n := summariesDone(dir)
		if n >= min(done, all) && stepped(dir) > n || n == all {
			return true
		}
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 30*time.Second {
			t.Logf("%d runs are done, and no more in half a minute", n)
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// stepped counts the runs that have made a step.
func stepped(dir string) int {
	files, _ := filepath.Glob(filepath.Join(dir, "runs", "*", "metrics.jsonl"))
	n := 0
	for _, path := range files {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(`"kind":"step"`)) {
			n++
		}
	}
	return n
}

func summariesDone(dir string) int {
	files, _ := filepath.Glob(filepath.Join(dir, "runs", "*", "summary.json"))
	n := 0
	for _, path := range files {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(`"status": "done"`)) {
			n++
		}
	}
	return n
}

// killChild kills one child of a process, if it has one.
func killChild(parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", parent))
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, path := range tasks {
		if err == nil && len(bytes.TrimSpace(text)) > 0 {
			break
		}
		text, err = os.ReadFile(path)
	}
	for _, field := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(field); err == nil {
			syscall.Kill(pid, syscall.SIGKILL)
			return
		}
	}
}

func checkTortured(t *testing.T, dir string, s sweptJSON, size sweepTorture) {
	t.Helper()
	if len(s.Runs) != size.runs || s.Counts["done"] != size.runs {
		t.Fatalf("%+v", s.Counts)
	}
	for _, r := range s.Runs {
		run, err := record.Open(r.Run)
		if err != nil {
			t.Fatal(err)
		}
		m, summary := metricsOf(t, run), summaryOf(t, run)
		if len(m.Steps) != 24 || m.CutShort || summary.Steps != 24 || summary.Status != record.Done {
			t.Errorf("%s: %d steps, summary %+v", r.Run, len(m.Steps), summary)
		}
		for i, step := range m.Steps {
			if step.Step != i+1 {
				t.Errorf("%s: line %d is of step %d", r.Run, i, step.Step)
			}
		}
		if _, err := run.Checkpoint(-1); err != nil {
			t.Error(err)
		}
		checkOnce(t, dir, r.ID)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "locks", "*-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q %v", left, err)
	}
	if directories, err := filepath.Glob(filepath.Join(dir, "runs", "*", "config.yaml")); err != nil || len(directories) != size.runs {
		t.Errorf("%d run directories, %v", len(directories), err)
	}
}

// checkOnce looks into the history of a run: it was never begun again after it had been done.
func checkOnce(t *testing.T, dir, id string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "attempts", id+".jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return // a full disk
	}
	done := 0
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"event":"end"`) && strings.Contains(line, `"exit":0`) {
			done++
		}
		if done > 0 && strings.Contains(line, `"event":"start"`) {
			t.Errorf("run %s was begun after it was done:\n%s", id, text)
		}
	}
	if done > 1 {
		t.Errorf("run %s was made %d times:\n%s", id, done, text)
	}
}

// Told to stop, a sweep saves its runs and ends with 75; the same command goes on, and none of its children stays.
func TestInterruptedSweep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	args := strings.Fields("--dataset digits --train-size 200 --hidden 64 --batch-size 50 --steps 1000000 --eval-every 1000000 --backend go --seed 0..2 --workers 2 --out " + dir)
	cmd, out := sweeper(t, args)
	for end := time.Now().Add(time.Minute); stepped(dir) < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no two runs in a minute:\n%s", out)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(out.String(), "interrupted with 0 of 3 runs ended; the same command goes on") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, stdout, _ := cli("sweep", "status", dir); !strings.Contains(stdout, "0 of 3 done, 2 interrupted, 1 waiting") {
		t.Errorf("status\n%s", stdout)
	}
}
