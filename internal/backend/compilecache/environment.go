// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Environment is what an executable depends on besides program and plugin.
type Environment struct {
	Host      string   // processor, features, cores
	Variables []string // NAME=VALUE of what XLA reads, sorted
}

// prefixes are those of the environment variables that XLA and what it is linked with read. XLA reads them when a plugin opens, or later.
var prefixes = []string{"XLA_", "TF_", "TSL_", "NPROC=", "PJRT_NPROC=", "OMP_", "DNNL_", "ONEDNN_", "EIGEN_"}

// ReadEnvironment reads the process's environment and processor. An error is a reason to cache nothing: a machine that does not tell its processor, flags
// in a file that cannot be read, or flags that ask for a dump of what is compiled.
func ReadEnvironment() (Environment, error) {
	cpu, err := processor()
	if err != nil {
		return Environment{}, fmt.Errorf("this machine does not tell its processor: %w", err)
	}
	e := Environment{Host: fmt.Sprintf("%s/%s, %d cores\n%s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpu)}
	for _, v := range os.Environ() {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(v, p) }) {
			e.Variables = append(e.Variables, v)
		}
	}
	slices.Sort(e.Variables)
	flags := strings.TrimSpace(os.Getenv("XLA_FLAGS"))
	if flags != "" && !strings.HasPrefix(flags, "--") {
		raw, err := os.ReadFile(flags)
		if err != nil {
			return Environment{}, fmt.Errorf("XLA_FLAGS: %w", err)
		}
		flags = string(raw)
		e.Variables = append(e.Variables, "file of XLA_FLAGS: "+flags)
	}
	if strings.Contains(flags, "xla_dump") {
		return Environment{}, fmt.Errorf("XLA_FLAGS asks for a dump of what is compiled")
	}
	return e, nil
}
