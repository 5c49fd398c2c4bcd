// SPDX-License-Identifier: Apache-2.0

package host

import "golang.org/x/sys/unix"

// PeakResident is the largest resident size of the process so far, which getrusage gives in bytes on this system.
func PeakResident() (int64, bool) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, false
	}
	return usage.Maxrss, true
}

// Resident is not told.
func Resident() (int64, bool) { return 0, false }

// ResetPeak cannot be done here.
func ResetPeak() bool { return false }

// Available is not told.
func Available() (int64, bool) { return 0, false }

// CPU is the processor's name, "" where the kernel does not tell.
func CPU() string {
	name, err := unix.Sysctl("machdep.cpu.brand_string")
	if err != nil {
		return ""
	}
	return name
}
