// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func room(t *testing.T, dir string) *Room {
	t.Helper()
	r, err := Open(dir, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func acquire(t *testing.T, r *Room, name string) *Lease {
	t.Helper()
	l, err := r.Acquire(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// held fails unless someone else has the lease.
func held(t *testing.T, r *Room, name string) {
	t.Helper()
	var e *HeldError
	if l, err := r.Acquire(name); !errors.As(err, &e) {
		t.Fatalf("got %v, %v; want that it is held", l, err)
	}
}

func release(t *testing.T, l *Lease, done bool) {
	t.Helper()
	if err := l.Release(done); err != nil {
		t.Fatal(err)
	}
}

func TestOneHolder(t *testing.T) {
	dir := t.TempDir()
	a, b := room(t, dir), room(t, dir)
	l := acquire(t, a, "x")
	held(t, b, "x")
	held(t, a, "x")
	if owner, ok := b.Holder("x"); !ok || owner.PID != os.Getpid() {
		t.Errorf("holder %+v, %v", owner, ok)
	}
	release(t, acquire(t, b, "y"), false)
	release(t, l, false)
	if _, ok := a.Holder("x"); ok {
		t.Error("a lease that was given back is held")
	}
	l = acquire(t, b, "x")
	held(t, a, "x")
	release(t, l, true)
	if _, err := os.Stat(filepath.Join(dir, "x")); !os.IsNotExist(err) {
		t.Errorf("what is done leaves its directory: %v", err)
	}
}

func TestNamesAndLimits(t *testing.T) {
	r := room(t, t.TempDir())
	for _, name := range []string{"", ".", "..", "a/b", "/a", "../a"} {
		if _, err := r.Acquire(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if _, err := Open(t.TempDir(), time.Millisecond); err == nil {
		t.Error("a limit of a millisecond was taken")
	}
}

// far writes a lease of another machine, whose clock is years off.
func far(t *testing.T, dir, name string, number, beat uint64) {
	t.Helper()
	text, err := Owner{Host: "far", Machine: "far away", PID: 1, Nonce: "n", Taken: time.Now()}.sheet(pulse{Beat: beat})
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, name), 0o755)
	}
	path := generation(filepath.Join(dir, name), number)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err == nil {
		err = os.Chtimes(path, time.Time{}, time.Now().Add(-time.Duration(beat)*365*24*time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A lease of another machine is stale after a silence as the reader's own clock measures it, whatever the times of files say.
func TestSilence(t *testing.T) {
	dir := t.TempDir()
	r := room(t, dir)
	var now time.Duration
	r.since = func() time.Duration { return now }
	far(t, dir, "x", 3, 1)
	held(t, r, "x")
	now += time.Minute
	held(t, r, "x") // not longer than the limit
	far(t, dir, "x", 3, 2)
	now += time.Minute
	held(t, r, "x") // it was heard of
	now += time.Minute + 1
	l := acquire(t, r, "x")
	if l.number != 4 {
		t.Errorf("number %d after 3", l.number)
	}
	held(t, room(t, dir), "x")
	release(t, l, false)
}

// A file that is damaged, or half written, is taken over after a silence as well.
func TestDamagedLease(t *testing.T) {
	for _, text := range []string{"", "{", "{}\n", "{}\nheld 1\n", "null\nfree 0 0\n", "\x00\xff\n\n"} {
		dir := t.TempDir()
		r := room(t, dir)
		var now time.Duration
		r.since = func() time.Duration { return now }
		far(t, dir, "x", 1, 1)
		if err := os.WriteFile(generation(filepath.Join(dir, "x"), 1), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		held(t, r, "x")
		now = 2 * time.Minute
		release(t, acquire(t, r, "x"), false)
	}
}

// Of any number of processes that find a lease stale at the same moment one gets it.
func TestTakeoverRace(t *testing.T) {
	for round := range 20 {
		dir := t.TempDir()
		far(t, dir, "x", 1, 1)
		var ready, over sync.WaitGroup
		var won atomic.Int32
		start, end := make(chan struct{}), make(chan struct{})
		for range 8 {
			r := room(t, dir)
			var now atomic.Int64
			r.since = func() time.Duration { return time.Duration(now.Load()) }
			held(t, r, "x")
			now.Store(int64(2 * time.Minute))
			ready.Add(1)
			over.Go(func() {
				<-start
				l, err := r.Acquire("x")
				if err == nil {
					won.Add(1)
				}
				ready.Done()
				<-end
				if l != nil {
					l.Release(false)
				}
			})
		}
		close(start)
		ready.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("round %d: %d processes have the lease", round, n)
		}
		close(end)
		over.Wait()
	}
}

// Who decided slowly, on what is long past, gives way to a higher number.
func TestLateTaker(t *testing.T) {
	dir := t.TempDir()
	r := room(t, dir)
	far(t, dir, "x", 9, 1)
	if _, err := r.create(filepath.Join(dir, "x"), 6); !os.IsExist(err) && !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v", err)
	}
	if last, err := newest(filepath.Join(dir, "x")); last != 9 || err != nil {
		t.Errorf("newest is %d, %v", last, err)
	}
	if _, err := os.Stat(generation(filepath.Join(dir, "x"), 6)); !os.IsNotExist(err) {
		t.Errorf("it left its file: %v", err)
	}
}

// An owner that was not heard of finds out at its next beat, and leaves what the other has alone.
func TestLost(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(dir, Shortest)
	if err != nil {
		t.Fatal(err)
	}
	l := acquire(t, r, "x")
	far(t, dir, "x", l.number+1, 1)
	select {
	case <-l.Lost():
	case <-time.After(20 * time.Second):
		t.Fatal("it never found out")
	}
	release(t, l, true)
	if last, err := newest(filepath.Join(dir, "x")); last != l.number+1 || err != nil {
		t.Errorf("newest is %d, %v", last, err)
	}
}

// The beat changes what others read, in place.
func TestBeat(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(dir, Shortest)
	if err != nil {
		t.Fatal(err)
	}
	l := acquire(t, r, "x")
	defer l.Release(false)
	path := generation(filepath.Join(dir, "x"), l.number)
	first, err := read(path)
	if err != nil || !first.whole {
		t.Fatalf("%+v, %v", first, err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s, err := read(path)
		if err != nil || !s.whole || len(s.text) != len(first.text) {
			t.Fatalf("%+v, %v", s, err)
		}
		if s.pulse.Beat > first.pulse.Beat {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no beat")
		}
	}
}

// What is older than the generation before is removed.
func TestGenerations(t *testing.T) {
	dir := t.TempDir()
	r := room(t, dir)
	for range 5 {
		release(t, acquire(t, r, "x"), false)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "x"))
	if err != nil || fmt.Sprint(entries) != "[- 0000000004 - 0000000005]" {
		t.Errorf("%v, %v", entries, err)
	}
}
