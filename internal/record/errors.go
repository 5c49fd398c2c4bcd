// SPDX-License-Identifier: Apache-2.0

package record

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"revgn/internal/safefile"
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
	return fmt.Errorf("cannot write %s: %w%s", path, safefile.Cause(err), hint)
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
