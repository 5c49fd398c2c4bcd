// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"sync"

	"revgn/internal/backend/compilecache"
)

// environment is read once a process: XLA reads its flags once too, and what is compiled later still depends on what they were then.
var environment = sync.OnceValues(compilecache.ReadEnvironment)

// openCache opens the cache of compiled graphs, or says why there is none. It is for the CPU alone: on GPUs XLA chooses kernels by timing them, and on TPUs
// it is not known what a serialised executable depends on.
func openCache(kind, pluginSHA256 string, o Options) (c *compilecache.Cache, uncached string) {
	e, err := environment()
	dir, off := compilecache.Place()
	switch {
	case o.NoCache:
		return nil, "not asked for"
	case kind != "xla:cpu":
		return nil, "only xla:cpu has one"
	case off != "":
		return nil, off
	case err != nil:
		return nil, err.Error()
	}
	if c, err = compilecache.Open(dir, pluginSHA256, e, o.Logf); err != nil {
		o.Logf("compiled graphs are not kept: %v", err)
		return nil, err.Error()
	}
	return c, ""
}
