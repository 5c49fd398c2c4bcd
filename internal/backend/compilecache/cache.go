// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2"
)

// DefaultLimit is the size of a cache in bytes. A step has 1 to 2 MB.
const DefaultLimit = 2 << 30

// Cache is a directory of executables. Its methods may be called from several goroutines.
type Cache struct {
	Dir   string
	Limit int64 // bytes that all files together may take

	plugin       string // SHA-256
	environment  Environment
	logf         func(format string, a ...any)
	warn         sync.Once
	hits, misses atomic.Int64
	aside        atomic.Bool
}

// Open makes the directory where it is missing, for executables of one plugin in one environment. logf receives one line if executables cannot be written later. An error is a directory that cannot be made,
// or that is not this user's alone.
func Open(dir, pluginSHA256 string, e Environment, logf func(format string, a ...any)) (*Cache, error) {
	if err := prepare(dir); err != nil {
		return nil, err
	}
	return &Cache{Dir: dir, Limit: DefaultLimit, plugin: pluginSHA256, environment: e, logf: logf}, nil
}

// Counts are the executables that this process has loaded from the cache, and those it had to compile.
func (c *Cache) Counts() (hits, misses int64) { return c.hits.Load(), c.misses.Load() }

// Aside does work without the cache: what it compiles is compiled, whatever the cache holds, and not kept. That is how compile times are measured. A nil cache
// is no hindrance.
func (c *Cache) Aside(work func() error) error {
	if c != nil {
		c.aside.Store(true)
		defer c.aside.Store(false)
	}
	return work()
}

// load returns the executable of a key, which counts as used from then on.
func (c *Cache) load(k Key) ([]byte, bool) {
	path := c.path(k)
	st, err := os.Lstat(path)
	if err != nil || !st.Mode().IsRegular() || !owned(st) || st.Size() > c.Limit {
		return nil, false
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	payload, ok := decode(raw, k)
	if ok {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // where it fails the file is only thrown away sooner
	}
	return payload, ok
}

// save writes an executable and makes room for it. One that cannot be written is told once.
func (c *Cache) save(k Key, payload []byte) {
	raw := encode(payload, k)
	if int64(len(raw)) > c.Limit {
		return
	}
	err := renameio.WriteFile(c.path(k), raw, 0o600, renameio.WithTempDir(c.Dir), renameio.IgnoreUmask())
	if err == nil {
		err = c.evict()
	}
	if err != nil {
		c.warn.Do(func() { c.logf("compiled graphs are not kept: %v", err) })
	}
}

func (c *Cache) path(k Key) string { return filepath.Join(c.Dir, k.String()+extension) }
