// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestLimit fills the cache beyond its limit: what was used last stays.
func TestLimit(t *testing.T) {
	c, told := opened(t)
	const size = 1000
	c.Limit = 3 * int64(headerSize+size)
	names := []string{"a", "b", "c"}
	for i, name := range names {
		c.save(keyOf(name), make([]byte, size))
		old := time.Now().Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(c.path(keyOf(name)), old, old); err != nil {
			t.Fatal(err)
		}
	}
	c.load(keyOf("a")) // the oldest, used just now
	c.save(keyOf("d"), make([]byte, size))
	for name, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, ok := c.load(keyOf(name)); ok != want {
			t.Errorf("%s is there: %v, want %v", name, ok, want)
		}
	}
	c.save(keyOf("huge"), make([]byte, c.Limit))
	if _, ok := c.load(keyOf("huge")); ok {
		t.Error("what is larger than the limit is kept")
	}
	if files, _, _ := c.Usage(); files != 3 || len(*told) > 0 {
		t.Errorf("%d files, told %q", files, *told)
	}
}

// TestForeignFilesStay: eviction touches what the cache wrote, and of temporary files only old ones.
func TestForeignFilesStay(t *testing.T) {
	c, _ := opened(t)
	c.Limit = 2 * int64(headerSize)
	old := time.Now().Add(-2 * staleAfter)
	names := map[string]bool{"notes.txt": true, ".hidden": true, ".x" + extension + "123": false, "subdirectory" + extension: true}
	for name := range names {
		path := filepath.Join(c.Dir, name)
		var err error
		if strings.HasPrefix(name, "sub") {
			err = os.Mkdir(path, 0o700)
		} else {
			err = os.WriteFile(path, make([]byte, 4096), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	c.save(keyOf("a"), []byte("x"))
	for name, want := range names {
		if _, err := os.Stat(filepath.Join(c.Dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

// TestManyAtOnce lets goroutines save, load and evict in one directory, each with a cache of its own as processes have.
func TestManyAtOnce(t *testing.T) {
	first, _ := opened(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			c, err := Open(first.Dir, "plugin", Environment{}, t.Errorf)
			if err != nil {
				t.Error(err)
				return
			}
			c.Limit = 4 * int64(headerSize+5000)
			for i := range 60 {
				name := fmt.Sprint(i % 7)
				want := bytes.Repeat([]byte(name), 5000)
				if got, ok := c.load(keyOf(name)); ok && !bytes.Equal(got, want) {
					t.Errorf("%s holds %q...", name, got[:1])
				}
				c.save(keyOf(name), want)
			}
		})
	}
	group.Wait()
	if files, size, err := first.Usage(); files == 0 || size > 4*int64(headerSize+5000) || err != nil {
		t.Errorf("%d files, %d bytes, %v", files, size, err)
	}
}
