// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// opened is a cache in a directory of its own, and the lines that it told.
func opened(t *testing.T) (*Cache, *[]string) {
	t.Helper()
	var told []string
	c, err := Open(filepath.Join(t.TempDir(), "cache"), "plugin", Environment{Host: "host"}, func(format string, a ...any) {
		told = append(told, fmt.Sprintf(format, a...))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, &told
}

func keyOf(code string) Key { return Environment{}.key(program{code: []byte(code)}) }

func TestSavedIsLoaded(t *testing.T) {
	c, told := opened(t)
	for _, payload := range [][]byte{[]byte("native code"), {}, bytes.Repeat([]byte{0, 1, 2}, 1<<16)} {
		k := keyOf(string(payload))
		if _, ok := c.load(k); ok {
			t.Errorf("%d bytes are there before they are saved", len(payload))
		}
		c.save(k, payload)
		if got, ok := c.load(k); !ok || !bytes.Equal(got, payload) {
			t.Errorf("%d bytes were saved, %d loaded (found: %v)", len(payload), len(got), ok)
		}
	}
	st, err := os.Stat(c.path(keyOf("native code")))
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", st.Mode())
	}
	if files, size, err := c.Usage(); files != 3 || size != int64(3*headerSize+11+3<<16) || err != nil {
		t.Errorf("usage %d files, %d bytes, %v", files, size, err)
	}
	if len(*told) > 0 {
		t.Errorf("told %q", *told)
	}
}

// TestDamagedCountsAsAbsent changes a good file in every way that disks, crashes and people do.
func TestDamagedCountsAsAbsent(t *testing.T) {
	k, payload := keyOf("a"), []byte("native code")
	good := encode(payload, k)
	flip := func(at int) []byte {
		raw := bytes.Clone(good)
		raw[at] ^= 1
		return raw
	}
	for name, raw := range map[string][]byte{
		"empty": {}, "header alone": good[:headerSize], "cut": good[:len(good)-1], "too long": append(bytes.Clone(good), 0),
		"magic": flip(0), "version": flip(len(magic) - 1), "key": flip(len(magic)), "length": flip(headerSize - 40), "sum": flip(headerSize - 1),
		"first byte": flip(headerSize), "last byte": flip(len(good) - 1), "another's": encode(payload, keyOf("b")), "half a header": good[:headerSize/2],
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := opened(t)
			if err := os.WriteFile(c.path(k), raw, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, ok := c.load(k); ok {
				t.Fatal("it is loaded")
			}
			c.save(k, payload)
			if got, ok := c.load(k); !ok || !bytes.Equal(got, payload) {
				t.Error("it is not written anew")
			}
		})
	}
	t.Run("a link", func(t *testing.T) {
		c, _ := opened(t)
		elsewhere := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(elsewhere, good, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, c.path(k)); err != nil {
			t.Skip(err)
		}
		if _, ok := c.load(k); ok {
			t.Error("it is followed")
		}
	})
}

func TestDirectoriesOfOthersAreRefused(t *testing.T) {
	open := func(dir string) error {
		_, err := Open(dir, "", Environment{}, t.Logf)
		return err
	}
	for mode, refused := range map[os.FileMode]bool{0o700: false, 0o500: false, 0o755: true, 0o770: true, 0o701: true} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if err := open(dir); (err != nil) != refused || refused && !strings.Contains(err.Error(), "chmod 700") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if open(file) == nil || open(filepath.Join(file, "below")) == nil {
		t.Error("a file serves as a directory")
	}
	if os.Geteuid() == 0 {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, 12345, -1); err != nil {
			t.Skip(err)
		}
		if err := open(dir); err == nil || !strings.Contains(err.Error(), "another user") {
			t.Errorf("another's directory: %v", err)
		}
	}
}

func TestWhatCannotBeWrittenIsToldOnce(t *testing.T) {
	c, told := opened(t)
	if err := os.RemoveAll(c.Dir); err != nil {
		t.Fatal(err)
	}
	c.save(keyOf("a"), []byte("x"))
	c.save(keyOf("b"), []byte("x"))
	if len(*told) != 1 || !strings.Contains((*told)[0], c.Dir) {
		t.Errorf("told %q, want one line that names %s", *told, c.Dir)
	}
}

// TestReadOnlyDirectory still serves what is in it.
func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind this user")
	}
	c, told := opened(t)
	c.save(keyOf("a"), []byte("x"))
	if err := os.Chmod(c.Dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(c.Dir, 0o700) // so that it can be removed
	if _, ok := c.load(keyOf("a")); !ok {
		t.Error("what was saved before is not loaded")
	}
	c.save(keyOf("b"), []byte("x"))
	if _, ok := c.load(keyOf("b")); ok || len(*told) != 1 {
		t.Errorf("written: %v, told %q", ok, *told)
	}
}

func FuzzDecode(f *testing.F) {
	k := keyOf("a")
	f.Add(encode([]byte("native code"), k))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if payload, ok := decode(raw, k); ok && !bytes.Equal(encode(payload, k), raw) {
			t.Errorf("%q decodes to what is not encoded so", raw)
		}
	})
}
