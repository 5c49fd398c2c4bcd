// SPDX-License-Identifier: Apache-2.0

package record

import (
	"os"
	"path/filepath"

	"revgn/internal/nearest"
)

// Meant tells of the directory that may have been meant by a path that is no run: the run that it lies in, or where nothing is there a directory beside it whose name is near.
func Meant(path string) string {
	above := filepath.Dir(filepath.Clean(path))
	if Holds(above) {
		return didYouMean(above)
	}
	if _, err := os.Lstat(path); err == nil {
		return ""
	}
	entries, err := os.ReadDir(above)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if name := nearest.Name(filepath.Base(path), names); name != "" {
		return didYouMean(filepath.Join(above, name))
	}
	return ""
}

func didYouMean(dir string) string { return `; did you mean "` + dir + `"?` }
