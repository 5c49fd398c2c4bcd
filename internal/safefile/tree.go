// SPDX-License-Identifier: Apache-2.0

package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckTree refuses a directory tree, which need not be there, that holds anything but directories and regular files, root included. What is written below root,
// in place of an old file or not, then comes to lie there and nowhere else.
func CheckTree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // root is not there, or another process has removed a file meanwhile
		}
		if err != nil {
			return err
		}
		if m := d.Type(); !m.IsDir() && !m.IsRegular() {
			return refusal("write below", path, "it is %s, which could lead anywhere (remove it, or put what it stands for in its place)", kind(m))
		}
		return nil
	})
}

// CheckBelow is CheckTree for everything below dir, which may be a link itself: whoever names it knows where it leads.
func CheckBelow(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if err == nil {
			err = CheckTree(filepath.Join(dir, e.Name()))
		}
	}
	return err
}
