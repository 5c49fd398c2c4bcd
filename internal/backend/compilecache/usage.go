// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// staleAfter is the age from which a temporary file belongs to a process that died while writing it.
const staleAfter = time.Hour

// entry is a file of the cache.
type entry struct {
	path string
	size int64
	used time.Time
}

// Usage is how many executables the directory holds and their bytes.
func (c *Cache) Usage() (files int, bytes int64, err error) {
	entries, err := c.entries()
	for _, e := range entries {
		bytes += e.size
	}
	return len(entries), bytes, err
}

// evict removes the files that were not used for longest until the rest fits the limit. Another process may remove them at the same time.
func (c *Cache) evict() error {
	entries, err := c.entries()
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b entry) int { return b.used.Compare(a.used) })
	var kept int64
	for _, e := range entries {
		if kept += e.size; kept <= c.Limit {
			continue
		}
		kept -= e.size
		if err := os.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// entries lists the executables, and removes what a process that died left half written.
func (c *Cache) entries() ([]entry, error) {
	list, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, item := range list {
		st, err := item.Info()
		if err != nil || !st.Mode().IsRegular() {
			continue // removed since, or not ours
		}
		e := entry{filepath.Join(c.Dir, item.Name()), st.Size(), st.ModTime()}
		name, isTemporary := strings.CutPrefix(item.Name(), ".")
		switch {
		case !strings.Contains(name, extension):
		case isTemporary && time.Since(e.used) > staleAfter:
			_ = os.Remove(e.path) // the next one tries again
		case !isTemporary && strings.HasSuffix(name, extension):
			entries = append(entries, e)
		}
	}
	return entries, nil
}
