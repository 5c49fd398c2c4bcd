// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// machine names what process numbers belong to: this boot of this host, and the process namespace, which containers have one each of.
func machine(host string) string {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, _ := os.Readlink("/proc/self/ns/pid")
	return host + " " + strings.TrimSpace(string(boot)) + " " + space
}

// begun returns when a process was started, in ticks since boot; 0 where it is not there.
func begun(pid int) uint64 {
	_, start := stat(pid)
	return start
}

// alive says whether a process that was started then is there. One that has ended and was not waited for is not.
func alive(pid int, start uint64) bool {
	state, now := stat(pid)
	return now != 0 && state != "Z" && state != "X" && (start == 0 || now == start)
}

// stat reads state and start time, fields 3 and 22 of /proc/PID/stat; the name before them is in brackets and may hold anything.
func stat(pid int) (state string, start uint64) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return "", 0
	}
	start, _ = strconv.ParseUint(fields[19], 10, 64)
	return fields[0], start
}
