// SPDX-License-Identifier: Apache-2.0

//go:build cgo && linux && (amd64 || arm64) && !noxla

package heap

// #include <limits.h>
// #include <stdbool.h>
// #include <stdlib.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static bool revgn_keep(void) { return mallopt(M_MMAP_MAX, 0) && mallopt(M_TRIM_THRESHOLD, INT_MAX); }
// #else
// static bool revgn_keep(void) { return false; }
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
func Keep() bool { return onMainThread() && bool(C.revgn_keep()) }

func onMainThread() bool { return syscall.Gettid() == os.Getpid() }
