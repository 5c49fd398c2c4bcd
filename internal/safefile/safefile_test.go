// SPDX-License-Identifier: Apache-2.0

package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, link} {
		if b, err := Read(path, 5); err != nil || string(b) != "12345" {
			t.Errorf("%s: %q, %v", path, b, err)
		}
	}
	for _, c := range []struct {
		path, want string
		limit      int64
	}{
		{file, "more than 4 bytes", 4},
		{dir, "a directory", 9},
		{os.DevNull, "a device", 9},
		{filepath.Join(dir, "none"), "no such file", 9},
	} {
		_, err := Read(c.path, c.limit)
		var pe *fs.PathError
		if !errors.As(err, &pe) || !strings.Contains(err.Error(), c.want) || pe.Path != c.path {
			t.Errorf("%s: got %v, want %q", c.path, err, c.want)
		}
	}
}

func TestCheckTree(t *testing.T) {
	root := t.TempDir()
	if err := CheckTree(filepath.Join(root, "none")); err != nil {
		t.Error(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a", "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := CheckTree(root); err != nil {
		t.Error(err)
	}
	link := filepath.Join(root, "a", "b", "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{root, link} {
		if err := CheckTree(at); err == nil || !strings.Contains(err.Error(), "a symbolic link") || !strings.Contains(err.Error(), link) {
			t.Errorf("%s: got %v, want a refusal of the link", at, err)
		}
	}
	named := filepath.Join(t.TempDir(), "named")
	if err := os.Symlink(filepath.Join(root, "a"), named); err != nil {
		t.Fatal(err)
	}
	if err := CheckBelow(named); err == nil || !strings.Contains(err.Error(), filepath.Join(named, "b", "link")) {
		t.Errorf("got %v, want a refusal of the link below", err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := CheckBelow(named); err != nil {
		t.Errorf("a link that the user names is refused: %v", err)
	}
}
