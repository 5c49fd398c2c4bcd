// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// PathVariable names the environment variable that replaces the directories searched for plugins.
const PathVariable = "PJRT_PLUGIN_LIBRARY_PATH"

// Devices are the devices that a plugin can be named after, in the order in which "auto" prefers them.
func Devices() []string { return []string{"cuda", "cpu", "tpu"} }

// FileName is the name of the plugin file for a device.
func FileName(device string) string { return "pjrt_c_api_" + device + "_plugin.so" }

// Dirs are the directories searched, in order: those of PJRT_PLUGIN_LIBRARY_PATH if it is set, else the user's own
// ~/.local/lib/go-xla and the system's /usr/local/lib/go-xla. (go-xla v0.4.1, pjrt/dynamiclib_posix.go, has the same.)
// A relative directory is left out: whoever made the directory that the program is started in would choose the plugin.
func Dirs() []string {
	if list, set := os.LookupEnv(PathVariable); set {
		return slices.DeleteFunc(filepath.SplitList(list), func(d string) bool { return !filepath.IsAbs(d) })
	}
	dirs := []string{"/usr/local/lib/go-xla"}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = slices.Insert(dirs, 0, filepath.Join(home, ".local", "lib", "go-xla"))
	}
	return dirs
}

// InstallDir is the first directory that Find searches, the one Install writes to when none is given.
func InstallDir() (string, error) {
	dirs := Dirs()
	if len(dirs) == 0 || !filepath.IsAbs(dirs[0]) {
		return "", fmt.Errorf("no directory to install a plugin in: %s is %q, it must begin with an absolute path; or give --dir",
			PathVariable, os.Getenv(PathVariable))
	}
	return dirs[0], nil
}

// Find returns the absolute path of a device's plugin in the first of dirs that has one. Below each directory it looks
// in nvidia/ too, where the CUDA plugin must lie to find NVIDIA's libraries; a file of a named version
// (pjrt_c_api_cpu_v0.98.0_plugin.so) is taken where there is none without.
func Find(dirs []string, device string) (path string, ok bool) {
	for _, dir := range dirs {
		for _, d := range []string{dir, filepath.Join(dir, "nvidia")} {
			found := isFile(filepath.Join(d, FileName(device)))
			versioned, _ := filepath.Glob(filepath.Join(d, FileName(device+"_v*"))) // a bad pattern in dir: nothing found
			for _, p := range slices.Backward(versioned) {
				found = append(found, isFile(p)...)
			}
			if len(found) == 0 {
				continue
			}
			if abs, err := filepath.Abs(found[0]); err == nil {
				return abs, true
			}
		}
	}
	return "", false
}

// isFile is the path alone if a regular file (or a link to one) lies there, else nothing.
func isFile(path string) []string {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return nil
	}
	return []string{path}
}
