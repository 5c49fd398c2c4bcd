// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"runtime/debug"

	"revgn/internal/host"
)

// Memory follows the peak of the process's resident memory from a moment on.
type Memory struct {
	before int64 // resident when it began
	since  bool  // whether the peak counts from then, and not from the start of the process
}

// Watch gives freed memory back to the operating system and begins to follow the peak.
func Watch() Memory {
	debug.FreeOSMemory()
	m := Memory{since: host.ResetPeak()}
	m.before, _ = host.Resident()
	return m
}

// Usage is what a process has taken of the host's memory, in bytes; 0 where the operating system does not tell.
type Usage struct {
	Peak   int64 `json:"peak"`
	Before int64 `json:"before"` // resident when the measurement began
	Since  bool  `json:"since"`  // whether Peak counts from then, and not from the start of the process
}

// Usage is the peak so far.
func (m Memory) Usage() Usage {
	peak, _ := host.PeakResident()
	return Usage{Peak: peak, Before: m.before, Since: m.since}
}
