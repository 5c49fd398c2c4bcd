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
	dirs, without, err := find(paths)
	if err == nil && len(without) > 0 {
		err = without[0]
	}
	if err != nil {
		return nil, err
	}
	return dirs, nil
}

// FindAmong is Find for what a shell makes of runs/*: paths without any run, such as reports and exported files, are passed over where others hold one. It returns
// the reasons as well.
func FindAmong(paths []string) (dirs []string, passed []error, err error) {
	dirs, passed, err = find(paths)
	if err == nil && len(dirs) == 0 && len(passed) > 0 {
		err = passed[0]
	}
	if err != nil {
		return nil, nil, err
	}
	return dirs, passed, nil
}

// find also returns an error for each path that is there and holds no run.
func find(paths []string) (dirs []string, without []error, err error) {
	for _, path := range paths {
		found, err := below(path)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			without = append(without, noRun(path))
		}
		for _, dir := range found {
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs, without, nil
}

// noRun says why a path that is there is of no use.
func noRun(path string) error {
	if st, err := os.Stat(path); err == nil && !st.IsDir() {
		return missed(path)
	}
	return fmt.Errorf("%s holds no run: want a run's directory, or one with runs at most %d directories below it%s", filepath.Clean(path), sweepDepth, record.Meant(path))
}

// missed says why a path is no run, and which may have been meant.
func missed(path string) error {
	_, err := record.Open(path)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w%s", err, record.Meant(path))
}

// below are the runs of a path, none where it is a file or a directory without any.
func below(path string) ([]string, error) {
	path = filepath.Clean(path)
	if _, err := record.Open(path); err == nil {
		return []string{path}, nil
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, missed(path)
	}
	if !st.IsDir() {
		return nil, nil
	}
	var dirs []string
	err = filepath.WalkDir(path, func(dir string, d fs.DirEntry, err error) error {
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
