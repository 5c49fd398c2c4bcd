// SPDX-License-Identifier: Apache-2.0

//go:build cgo && linux && (amd64 || arm64) && !noxla

package heap

// #include <limits.h>
// #include <stdbool.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static bool revgn_keep(int blocks, int top) { return mallopt(M_MMAP_MAX, blocks) && mallopt(M_TRIM_THRESHOLD, top); }
// #else
// static bool revgn_keep(int blocks, int top) { return false; }
// #endif
import "C"

import (
	"os"
	"runtime"
	"syscall"
)

// Pin keeps the calling goroutine on its thread for good if that is the main one. The first line of main is the place for it.
func Pin() {
	if onMainThread() {
		runtime.LockOSThread()
	}
}

// Keep has the process keep, from now on, what it frees, and tells whether the calling thread finds it again. Off the main thread it does nothing.
func Keep() bool { return onMainThread() && bool(C.revgn_keep(0, C.INT_MAX)) }

// Release has it give back again what it can, which are glibc's defaults: large blocks as soon as they are free, and the top of the heap.
func Release() { C.revgn_keep(1<<16, 1<<17) }

func onMainThread() bool { return syscall.Gettid() == os.Getpid() }
