// SPDX-License-Identifier: Apache-2.0

package host

import (
	"bufio"
	"os"
	"strings"
)

// PeakResident is VmHWM of /proc/self/status.
func PeakResident() (int64, bool) { return field("/proc/self/status", "VmHWM:") }

// Resident is VmRSS.
func Resident() (int64, bool) { return field("/proc/self/status", "VmRSS:") }

// ResetPeak sets VmHWM to what is resident now (proc(5), clear_refs, since Linux 4.0).
func ResetPeak() bool { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) == nil }

// CPU is the processor's name, "" where the kernel does not tell.
func CPU() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
