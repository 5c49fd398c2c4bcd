// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	othersWrite = 0o002
	sticky      = fs.ModeSticky // in such a directory, like /tmp, nobody replaces another's files
)

// CheckPlace refuses a plugin that anyone on this machine could have put in its place: the file, its directory, or a directory above can be written by every
// user. It is for plugins that were found; one that the user names is the user's choice.
func CheckPlace(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, p := range []string{path, real} {
		if err := checkChain(p); err != nil {
			return fmt.Errorf("%s is not loaded: %w", path, err)
		}
	}
	return nil
}

// checkChain looks at a file and all directories above it.
func checkChain(path string) error {
	file, dir := path, filepath.Dir(path)
	for p := path; ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err != nil {
			return err
		}
		// Below a sticky directory only what is there already is safe, and in the plugin's own a new file could be found before it.
		kept := p != file && p != dir && st.Mode()&sticky != 0
		if st.Mode()&othersWrite != 0 && !kept {
			return fmt.Errorf("every user of this machine can write to %s (mode %04o), and so put code there: chmod o-w it, or name the plugin with --backend",
				p, st.Mode().Perm())
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}
