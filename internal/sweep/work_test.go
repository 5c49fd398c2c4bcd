// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"revgn/internal/record"
)

// Several processes (each with its own room) make every run once.
func TestEveryRunOnce(t *testing.T) {
	b := newBed(t, 6)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := b.work().Execute(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	b.check("done 1, done 1, done 1, done 1, done 1, done 1")
	b.execute(b.work())
	b.check("done 1, done 1, done 1, done 1, done 1, done 1")
	if left, err := filepath.Glob(filepath.Join(b.dir.Locks(), "*")); err != nil || len(left) > 1 { // that of sweep.json
		t.Errorf("leases are left: %q, %v", left, err)
	}
}

func TestRetries(t *testing.T) {
	b := newBed(t, 6)
	b.order(0, "fail x")  // once
	b.order(1, "fail xx") // twice, of which one retry
	b.order(2, "die x")
	b.order(3, "early")
	b.order(4, "diverge")
	b.order(5, "die")
	var mu sync.Mutex
	told := map[string]string{}
	w := b.work()
	w.Tell = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if !e.Begun {
			told[e.Run.Options.Value("seed")] = string(e.State.Status) + ": " + e.State.Message
		}
	}
	b.execute(w)
	b.check("done 2, failed 2, done 2, failed 2, diverged 1, failed 2")
	for seed, want := range map[string]string{"0": "done: ", "1": "failed: out of memory", "3": "failed: there is no plugin", "4": "diverged: step 2 is not finite", "5": "failed: killed by signal 9 (killed)"} {
		if !strings.HasPrefix(told[seed], want) {
			t.Errorf("seed %s: told %q, want %q", seed, told[seed], want)
		}
	}
	if s := b.dir.States(b.runs, b.room())[3]; !strings.Contains(s.Message, "there is no plugin") {
		t.Errorf("status says %q", s.Message)
	}
	b.order(3, "")
	b.order(5, "")
	b.execute(b.work()) // what failed is tried anew, what diverged is not
	b.check("done 2, done 3, done 2, done 3, diverged 1, done 3")
}

func TestFailFast(t *testing.T) {
	b := newBed(t, 5)
	b.order(0, "fail")
	b.order(1, "wait")
	w := b.work()
	w.FailFast, w.Retries = true, 0
	var stopped *FailFastError
	if err := w.Execute(t.Context()); !errors.As(err, &stopped) || stopped.Run.Options.Seed != 0 {
		t.Errorf("got %v", err)
	}
	states := b.dir.States(b.runs, b.room())
	if states[0].Status != Failed || states[1].Status == Failed || states[1].Ended || states[4].Status != Waiting {
		t.Errorf("%v %v %v", states[0].Status, states[1].Status, states[4].Status)
	}
}

// Told to stop, the children end in order, and the next process goes on.
func TestInterrupted(t *testing.T) {
	b := newBed(t, 3)
	b.order(0, "wait")
	b.order(1, "wait")
	ctx, cancel := context.WithCancel(t.Context())
	w := b.work()
	go func() {
		b.await(func() bool {
			return recorded(b.dir.Run(b.runs[0])) && recorded(b.dir.Run(b.runs[1]))
		})
		cancel()
	}()
	if err := w.Execute(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	b.check("interrupted 1, interrupted 1, waiting 0")
	b.order(0, "")
	b.order(1, "")
	b.execute(b.work())
	b.check("done 2, done 2, done 1")
}

// A run that is stopped from outside over and over is given up after the retries.
func TestStoppedFromOutside(t *testing.T) {
	b := newBed(t, 1)
	b.order(0, "wait")
	w := b.work()
	w.Command, w.Workers = interrupting(w.Command), 1
	b.execute(w)
	b.check("interrupted 2")
}

func (b *bed) await(met func() bool) {
	for end := time.Now().Add(30 * time.Second); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Error("waited for 30 seconds")
			return
		}
	}
}

// recorded says that a run has made its step.
func recorded(dir string) bool {
	_, _, ok := lastStep(dir)
	return ok
}

// What another process has is left to it, and waited for or not.
func TestOthersRuns(t *testing.T) {
	b := newBed(t, 2)
	l, err := b.room().Acquire(b.runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	w := b.work()
	w.Wait = false
	b.execute(w)
	b.check("running 0, done 1")
	go func() {
		time.Sleep(10 * time.Millisecond) // either way it is waited for
		l.Release(false)
	}()
	b.execute(b.work())
	b.check("done 1, done 1")
}

// A process that lost its run ends the child.
func TestLostRun(t *testing.T) {
	b := newBed(t, 1)
	b.order(0, "hang x")
	w := b.work()
	w.Workers = 1
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		b.await(func() bool { return recorded(b.dir.Run(b.runs[0])) })
		// Another took it over and is done with it already.
		dir := filepath.Join(b.dir.Locks(), b.runs[0].ID)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	b.execute(w) // goes on with it once nobody has it
	<-taken
	b.check("done 2")
}

// A directory with other options than its name says is no run of the sweep.
func TestForeignRun(t *testing.T) {
	b := newBed(t, 2)
	b.execute(b.work())
	if err := os.RemoveAll(b.dir.Run(b.runs[1])); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(b.dir.Run(b.runs[0]), b.dir.Run(b.runs[1])); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(b.dir.Run(b.runs[1]), "summary.json"))
	if err == nil {
		err = os.WriteFile(filepath.Join(b.dir.Run(b.runs[1]), "summary.json"), []byte(strings.Replace(string(text), `"done"`, `"interrupted"`, 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := b.work().Execute(t.Context()); err == nil || !strings.Contains(err.Error(), "holds a run with other options") {
		t.Errorf("got %v", err)
	}
}

// sweep.json may get lost: the same command writes it again and finds the runs, under the names that they have.
func TestLostDefinition(t *testing.T) {
	b := newBed(t, 2)
	b.execute(b.work())
	if err := os.Remove(b.dir.file()); err != nil {
		t.Fatal(err)
	}
	more := expanded(t, crossed(t, "seed=0..1 steps=1 hidden=8 batch-size=4 lr=0.5,0.7")).Runs
	runs, err := b.dir.Add(t.Context(), b.room(), "axes: {}\n", more)
	if err != nil {
		t.Fatal(err)
	}
	b.runs = runs
	b.check("done 1, waiting 0, done 1, waiting 0")
	read, err := b.dir.Read()
	if err != nil || len(read) != 4 || read[2].ID != runs[2].ID || read[2].Name != runs[2].Name || len(read[0].Varies) != 2 {
		t.Errorf("%v, %+v", err, read)
	}
}

// What a stranger may have put into a sweep directory writes nowhere else.
func TestStrangersDirectory(t *testing.T) {
	b := newBed(t, 1)
	text, err := os.ReadFile(b.dir.file())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"name": "`, `"name": "../../`, "got the name"},
		{`"--steps=1"`, `"--steps=1", "--mlflow=/x"`, "no option of a run in a sweep"},
		{`"--steps=1"`, `"--steps=1", "--out=/x"`, "no option of a run in a sweep"},
		{`"--steps=1"`, `"--steps=2"`, "its options have the id"},
		{`"format": 1`, `"format": 2`, "another version"},
		{`{`, `{{`, "is damaged"},
	} {
		if err := os.WriteFile(b.dir.file(), []byte(strings.Replace(string(text), c.old, c.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := b.dir.Read(); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", c.new, err, c.want)
		}
	}
	if err := os.WriteFile(b.dir.file(), text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), b.dir.Log(b.runs[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := b.dir.Add(t.Context(), b.room(), "", nil); err == nil || !strings.Contains(err.Error(), "is not written to") {
		t.Errorf("got %v", err)
	}
}

// Steps of a run that goes on are those of its last whole line.
func TestLastStep(t *testing.T) {
	b := newBed(t, 1)
	b.execute(b.work())
	path := filepath.Join(b.dir.Run(b.runs[0]), "metrics.jsonl")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("{\"kind\":\"step\",\"step\":7,\"loss\":0.25}\n{\"kind\":\"eval\",\"step\":7}\n{\"kind\":\"step\",\"step\":8,\"lo"); err != nil {
		t.Fatal(err)
	}
	if step, loss, ok := lastStep(b.dir.Run(b.runs[0])); step != 7 || loss != 0.25 || !ok {
		t.Errorf("step %d, loss %g, %v", step, loss, ok)
	}
	if s := b.dir.State(b.runs[0], true); s.Status != Done || s.Summary.Status != record.Done {
		t.Errorf("%+v", s)
	}
}
