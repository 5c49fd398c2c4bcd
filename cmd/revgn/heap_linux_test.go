// SPDX-License-Identifier: Apache-2.0

//go:build cgo && (amd64 || arm64) && !noxla

package main

import (
	"os/exec"
	"strconv"
	"syscall"
	"testing"
)

// TestMemoryIsKept counts pages that further steps take from the system: in a step whose temporaries fill tens of thousands of pages they are few.
func TestMemoryIsKept(t *testing.T) {
	if err := exec.Command("getconf", "GNU_LIBC_VERSION").Run(); err != nil {
		t.Skip("the C library is not glibc, which alone is asked to keep memory")
	}
	faults := func(steps int) int64 {
		cmd := program(t, "bench", "--backend", "xla:cpu", "--optimizer", "sgd", "--hidden", "16000", "--phases=false", "--random", "--repeat", strconv.Itoa(steps))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Minflt
	}
	const more = 12
	few, many := faults(2), faults(2+more)
	if each := (many - few) / more; each > 2000 {
		t.Errorf("a further step takes %d pages, want those of small things only", each)
	}
}
