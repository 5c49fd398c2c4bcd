// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"revgn/internal/safefile"
)

// checkTarget refuses a file that could not be written, "" being none. It is asked before the work whose result goes there.
func checkTarget(path string) error {
	if path == "" {
		return nil
	}
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return fmt.Errorf("cannot write %s: it is a directory or a device, want the name of a file", path)
	}
	return checkPlace(path)
}

// checkPlace refuses a path in a directory that is not there or not writable.
func checkPlace(path string) error {
	dir := filepath.Dir(path)
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot write %s: there is no directory %s", path, dir)
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", path, safefile.Cause(err))
	case !st.IsDir():
		return fmt.Errorf("cannot write %s: %s is not a directory", path, dir)
	}
	f, err := os.CreateTemp(dir, ".revgn-*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %s takes no files: %w", path, dir, safefile.Cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writeTarget writes a file whole or not at all.
func writeTarget(path string, text []byte) error {
	if err := checkTarget(path); err != nil {
		return err
	}
	if err := renameio.WriteFile(path, text, 0o644, renameio.WithTempDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, safefile.Cause(err))
	}
	return nil
}
