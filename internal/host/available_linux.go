// SPDX-License-Identifier: Apache-2.0

package host

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// Available is the memory in bytes that the process may still take: what the system has left, and no more than what its control group allows.
func Available() (int64, bool) {
	free, ok := field("/proc/meminfo", "MemAvailable:")
	limit, limited := number("/sys/fs/cgroup/memory.max")
	used, known := number("/sys/fs/cgroup/memory.current")
	if cache, ok := field("/sys/fs/cgroup/memory.stat", "inactive_file "); ok {
		used -= cache // given back when memory is short
	}
	if limited && known && (!ok || limit-used < free) {
		return max(limit-used, 0), true
	}
	return free, ok
}

// number reads a file that holds one number; "max" is none.
func number(path string) (int64, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

// field reads a field of a file of lines, each a name and a number, which is in bytes or ends with kB.
func field(path, name string) (int64, bool) {
	f, err := os.Open(path)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok {
			continue
		}
		digits, kilo := strings.CutSuffix(strings.TrimSpace(rest), " kB")
		n, err := strconv.ParseInt(digits, 10, 64)
		if kilo {
			n <<= 10
		}
		return n, err == nil
	}
	return 0, false
}
