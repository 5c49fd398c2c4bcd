// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"errors"
	"os"
	"slices"
	"strings"
)

// processor is what /proc/cpuinfo says of the processors' kind: every line that is neither a count nor a clock, once.
func processor() (string, error) {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", err
	}
	kind := kindOf(string(raw))
	if kind == "" {
		return "", errors.New("/proc/cpuinfo names neither model nor features")
	}
	return kind, nil
}

// kindOf keeps the lines of cpuinfo that tell kinds of processors apart: on x86 family, model, stepping and flags, on Arm implementer, part and Features.
func kindOf(cpuinfo string) string {
	names := []string{"vendor_id", "cpu family", "model", "model name", "stepping", "flags",
		"Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision"}
	var kept []string
	for line := range strings.Lines(cpuinfo) {
		name, value, _ := strings.Cut(line, ":")
		if !slices.Contains(names, strings.TrimSpace(name)) {
			continue
		}
		if text := strings.TrimSpace(name) + ": " + strings.TrimSpace(value); !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n")
}
