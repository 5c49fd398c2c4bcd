// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Room is a directory of leases as one process sees it. Its methods may be called from several goroutines.
type Room struct {
	dir   string
	limit time.Duration
	self  Owner
	since func() time.Duration // a clock that only goes on

	mu   sync.Mutex
	seen map[string]sighting
}

// sighting is when a lease was first seen as it is.
type sighting struct {
	text  string
	since time.Duration
}

// Shortest is the shortest limit that makes sense: a beat must come well within it over a slow network.
const Shortest = time.Second

// Open returns the room in dir, which need not be there yet. Leases of other machines are stale after the limit without a sign of life.
func Open(dir string, limit time.Duration) (*Room, error) {
	if limit < Shortest {
		return nil, fmt.Errorf("got %v for the time after which a silent owner loses a lease; allowed: %v or more, such as 1m", limit, Shortest)
	}
	start := time.Now()
	return &Room{dir: dir, limit: limit, self: newOwner(), since: func() time.Duration { return time.Since(start) }, seen: map[string]sighting{}}, nil
}

// HeldError says that someone has the lease.
type HeldError struct {
	Owner Owner // zero where it could not be read
}

func (e *HeldError) Error() string {
	if e.Owner.PID == 0 {
		return "held by another process"
	}
	return fmt.Sprintf("held by process %d on %s", e.Owner.PID, e.Owner.Host)
}

// Acquire takes the lease of a name, which is a plain file name. Where someone has it the error is a *HeldError.
func (r *Room) Acquire(name string) (*Lease, error) {
	if !filepath.IsLocal(name) || filepath.Base(name) != name || name == "." {
		return nil, fmt.Errorf("got lease %q; want a plain file name", name)
	}
	dir := filepath.Join(r.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	last, err := newest(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	if last > 0 {
		s, err := read(generation(dir, last))
		if err == nil && !s.pulse.Free && !r.stale(name, s) {
			return nil, &HeldError{s.owner}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot lock %s: %w", dir, err)
		}
	}
	l, err := r.create(dir, last+1)
	switch {
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist): // another was quicker, to take it or to end the work
		return nil, &HeldError{}
	case err != nil:
		return nil, fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	return l, nil
}

// Holder returns who holds a name's lease, false where nobody is known to. It changes nothing.
func (r *Room) Holder(name string) (Owner, bool) {
	dir := filepath.Join(r.dir, name)
	last, err := newest(dir)
	if err != nil || last == 0 {
		return Owner{}, false
	}
	s, err := read(generation(dir, last))
	if err != nil || s.pulse.Free || r.stale(name, s) {
		return Owner{}, false
	}
	return s.owner, true
}

// stale says whether the owner of a lease that is not free is taken to be dead.
func (r *Room) stale(name string, s sheet) bool {
	if s.whole && s.owner.Machine != "" && s.owner.Machine == r.self.Machine {
		return s.gone(r.self.Machine)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.since()
	if first, ok := r.seen[name]; !ok || first.text != s.text {
		r.seen[name] = sighting{s.text, now}
		return false
	}
	return now-r.seen[name].since > r.limit
}

// generation is the path of a lease file.
func generation(dir string, n uint64) string { return filepath.Join(dir, fmt.Sprintf("%010d", n)) }

// newest returns the highest number among the lease files, 0 for none.
func newest(dir string) (uint64, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	var last uint64
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 64); err == nil {
			last = max(last, n)
		}
	}
	return last, err
}

func read(path string) (sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return sheet{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSheet))
	return parse(text), err
}
