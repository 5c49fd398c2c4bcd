// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"path/filepath"
	"slices"
)

// hasGPU tells whether the driver shows an NVIDIA GPU: a device file, or the one of the Windows subsystem for Linux.
// A machine may have the CUDA plugin (in a container image, say) and no GPU; opening it there takes seconds to fail.
func hasGPU() bool {
	return slices.ContainsFunc([]string{"/dev/nvidia[0-9]*", "/proc/driver/nvidia/gpus/*", "/dev/dxg"}, func(pattern string) bool {
		found, err := filepath.Glob(pattern)
		return err == nil && len(found) > 0
	})
}
