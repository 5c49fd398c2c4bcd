// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// asOwner in the environment makes this test binary a process that takes the lease x in the directory it names, and stays; asChild also names a child to it.
const asOwner, asChild = "REVGN_TEST_LEASE", "REVGN_TEST_LEASE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asOwner); dir != "" {
		own(dir)
	}
	os.Exit(m.Run())
}

func own(dir string) {
	r, err := Open(dir, time.Minute)
	if err != nil {
		panic(err)
	}
	l, err := r.Acquire("x")
	if err != nil {
		panic(err)
	}
	child := 0
	if os.Getenv(asChild) != "" {
		sleeper := exec.Command("sleep", "600")
		if err := sleeper.Start(); err != nil {
			panic(err)
		}
		child = sleeper.Process.Pid
		if err := l.Child(child); err != nil {
			panic(err)
		}
	}
	fmt.Println(child)
	select {}
}

// owner starts a process that has the lease, and returns its child.
func owner(t *testing.T, dir string, more ...string) (*exec.Cmd, int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), asOwner+"="+dir), more...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return cmd, child
}

// What a killed process of this machine had is free at once, before it was even waited for.
func TestKilledOwner(t *testing.T) {
	dir := t.TempDir()
	r := room(t, dir)
	cmd, _ := owner(t, dir)
	held(t, r, "x")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	release(t, soon(t, r), true)
}

// While the child of a killed process lives, which may still write, nobody follows.
func TestChildOfKilledOwner(t *testing.T) {
	dir := t.TempDir()
	r := room(t, dir)
	cmd, child := owner(t, dir, asChild+"=1")
	defer func() {
		if p, err := os.FindProcess(child); err == nil {
			p.Kill()
		}
	}()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	held(t, r, "x")
	p, err := os.FindProcess(child)
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	release(t, soon(t, r), false)
}

// soon takes the lease as soon as the kernel has ended a killed process.
func soon(t *testing.T, r *Room) *Lease {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		l, err := r.Acquire("x")
		if err == nil {
			return l
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// A process that has the number of another, which died, is not taken for it.
func TestProcessNumbersComeAgain(t *testing.T) {
	pid := os.Getpid()
	if !alive(pid, begun(pid)) || !alive(pid, 0) {
		t.Error("this process is not alive")
	}
	if alive(pid, begun(pid)+1) {
		t.Error("a process that was started at another time is taken for this one")
	}
	if alive(1<<30, 0) {
		t.Error("a process is alive that is not there")
	}
}
