// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// lockPart opens the .part at p, made if need be, and holds it against other
// processes until it is closed. It waits for one that holds it; tell is called
// once before the wait.
func lockPart(ctx context.Context, p string, tell func()) (*os.File, error) {
	for waited := false; ; waited = true {
		if info, err := os.Lstat(p); err == nil && !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is in the way and is no regular file: move it away", p) // a link would have its target overwritten
		}
		f, err := os.OpenFile(p, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		held, err := tryLock(f)
		if err == nil && held && sameFile(f, p) {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
		if held {
			continue // the one who had it renamed or removed it meanwhile
		}
		if !waited {
			tell()
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return nil, ctx.Err()
		}
	}
}

// sameFile says whether p still names the open file f.
func sameFile(f *os.File, p string) bool {
	a, errA := f.Stat()
	b, errB := os.Stat(p)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// removeEmpty removes the .part f at p if nothing is in it.
func removeEmpty(f *os.File, p string) {
	if info, err := f.Stat(); err == nil && info.Size() == 0 && sameFile(f, p) {
		// What stays behind is an empty .part, which the next download takes up.
		_ = os.Remove(p)
	}
}

// verified says whether the published file lies at p; not being there is no error.
func verified(p string, r remote) (bool, error) {
	err := verify(p, r)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
