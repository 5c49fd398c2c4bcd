// SPDX-License-Identifier: Apache-2.0

package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// writeError says in one line which path could not be written, why, and what to do.
func writeError(path string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = " (free some space or choose another --out; what was written before is intact)"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		hint = " (choose a writable directory with --out)"
	case errors.Is(err, syscall.ENOTDIR):
		hint = " (a part of that path is a file)"
	case errors.Is(err, fs.ErrNotExist):
		hint = " (that place takes no directory: choose another with --out)"
	}
	return fmt.Errorf("cannot write %s: %w%s", path, cause(err), hint)
}

// both joins two errors in one line; either may be nil.
func both(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return fmt.Errorf("%w; also: %w", first, second)
}

// cause drops the operation and path that package os puts before an error.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}
