// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckPlace(t *testing.T) {
	for _, c := range []struct {
		name, open string // what every user can write
		mode       os.FileMode
		refused    bool
	}{
		{"nothing", "", 0, false},
		{"the file", "a/b/lib.so", 0o666, true},
		{"its directory", "a/b", 0o777, true},
		{"its directory, sticky", "a/b", 0o777 | os.ModeSticky, true},
		{"one above", "a", 0o777, true},
		{"one above, sticky as /tmp is", "a", 0o777 | os.ModeSticky, false},
		{"its group alone", "a/b", 0o775, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			path := touch(t, root, "a", "b", "lib.so")
			link := filepath.Join(t.TempDir(), FileName("cpu"))
			if err := os.Symlink(path, link); err != nil {
				t.Fatal(err)
			}
			if c.open != "" {
				if err := os.Chmod(filepath.Join(root, c.open), c.mode); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range []string{path, link} {
				err := CheckPlace(p)
				if (err != nil) != c.refused || p == path && err != nil && !strings.Contains(err.Error(), filepath.Join(root, c.open)+" (mode") {
					t.Errorf("%s: got %v", p, err)
				}
			}
		})
	}
}
