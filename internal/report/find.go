// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"revgn/internal/record"
)

// sweepDepth is how far below a sweep's directory its runs lie.
const sweepDepth = 3

// Find returns the run directories that paths are or hold, each once: those of a path in the order of their names. Links to directories below a path are not
// followed. It refuses a path without any run.
func Find(paths []string) ([]string, error) {
	var dirs []string
	for _, path := range paths {
		found, err := below(path)
		if err != nil {
			return nil, err
		}
		for _, dir := range found {
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs, nil
}

func below(path string) ([]string, error) {
	path = filepath.Clean(path)
	if _, err := record.Open(path); err == nil {
		return []string{path}, nil
	}
	if st, err := os.Stat(path); err != nil || !st.IsDir() {
		_, err := record.Open(path)
		return nil, err
	}
	var dirs []string
	err := filepath.WalkDir(path, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := record.Open(dir); err == nil {
			dirs = append(dirs, dir)
			return fs.SkipDir
		}
		if depth(path, dir) >= sweepDepth {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	if len(dirs) == 0 {
		return nil, fmt.Errorf("%s holds no run: want a run's directory, or one with runs at most %d directories below it", path, sweepDepth)
	}
	return dirs, nil
}

// depth is how many directories dir lies below top.
func depth(top, dir string) int {
	rel, err := filepath.Rel(top, dir)
	if err != nil || rel == "." {
		return 0
	}
	n := 1
	for _, c := range rel {
		if c == filepath.Separator {
			n++
		}
	}
	return n
}
