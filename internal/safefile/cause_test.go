// SPDX-License-Identifier: Apache-2.0

package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestCause(t *testing.T) {
	dir := t.TempDir()
	missing, other := filepath.Join(dir, "none"), filepath.Join(dir, "other")
	_, open := os.Open(missing)
	for _, c := range []struct {
		err  error
		path string
	}{
		{open, missing}, {fmt.Errorf("in between: %w", open), missing}, {os.Rename(missing, other), other},
	} {
		if path, why := Path(c.err), Cause(c.err); path != c.path || !errors.Is(why, fs.ErrNotExist) || why.Error() != "no such file or directory" {
			t.Errorf("%v: of %q, %v", c.err, path, why)
		}
	}
	plain := errors.New("plain")
	if Path(plain) != "" || Cause(plain) != plain || Cause(nil) != nil {
		t.Errorf("an error without a file is of %q, %v", Path(plain), Cause(plain))
	}
}
