// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"revgn/internal/nearest"
)

// Names are the values that Open takes besides a plugin's path.
func Names() []string { return []string{"auto", "go", "xla:cpu", "xla:cuda", "xla:tpu"} }

// CheckName tells whether Open would know the name, without opening anything. "" stands for auto. A path is known by a
// slash or by the ending .so.
func CheckName(name string) error {
	if name == "" || slices.Contains(Names(), name) || IsPath(name) {
		return nil
	}
	return fmt.Errorf("unknown backend %q: allowed are %s, or the path of a PJRT plugin (FILE.so)%s", name, strings.Join(Names(), ", "), nearest.Hint(name, Names()))
}

// IsPath tells whether a backend's name is the path of a plugin.
func IsPath(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.ContainsRune(name, filepath.Separator)
}

// pathKind tells what a plugin's file name says about its device; "xla:plugin" where it says nothing.
func pathKind(path string) string {
	base := strings.ToLower(filepath.Base(path))
	for _, device := range []string{"cpu", "cuda", "tpu"} {
		if strings.Contains(base, device) {
			return "xla:" + device
		}
	}
	return "xla:plugin"
}

// checkPath makes a plugin's path absolute and refuses what go-xla would misread: it takes a comma for the start of
// options, and "cuda" or "nvidia" anywhere in the path for a sign of a GPU plugin.
func checkPath(path, kind string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("cannot resolve the plugin's path %q: %w", path, err)
	}
	if st, err := os.Stat(abs); err != nil {
		return "", fmt.Errorf("no plugin at %s: %w", abs, err)
	} else if !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file: give the path of a PJRT plugin (FILE.so)", abs)
	}
	lower := strings.ToLower(abs)
	if strings.ContainsRune(abs, ',') {
		return "", fmt.Errorf("the path %s holds a comma, which cannot be passed to XLA: move the plugin", abs)
	}
	if kind == "xla:cpu" && (strings.Contains(lower, "cuda") || strings.Contains(lower, "nvidia")) {
		return "", fmt.Errorf("the path %s of a CPU plugin names cuda or nvidia, so XLA would be opened as for a GPU: move the plugin", abs)
	}
	return abs, nil
}

// XLABuilt tells whether this build can open PJRT plugins at all.
func XLABuilt() bool { return xlaBuilt }
