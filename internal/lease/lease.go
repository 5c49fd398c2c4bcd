// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"
)

// beats is how often an owner is heard of within the limit.
const beats = 6

// Lease is one that this process holds, until Release.
type Lease struct {
	dir    string
	number uint64
	file   *os.File
	offset int64 // of the pulse

	mu    sync.Mutex
	pulse pulse

	lost    chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
}

// create makes the lease file of a number; fs.ErrExist where it is there.
func (r *Room) create(dir string, number uint64) (*Lease, error) {
	owner := r.self
	owner.Taken = time.Now().UTC()
	text, err := owner.sheet(pulse{})
	if err != nil {
		return nil, err
	}
	path := generation(dir, number)
	file, err := place(dir, path, text)
	if err != nil {
		return nil, err
	}
	l := &Lease{dir: dir, number: number, file: file, offset: int64(len(text) - len(pulse{}.line())), lost: make(chan struct{}), stop: make(chan struct{})}
	// Who decided slowly may have created a number that had been used and removed: the highest number counts.
	if last, err := newest(dir); err != nil || last != number {
		return nil, errors.Join(fs.ErrExist, os.Remove(path), file.Close())
	}
	l.clear()
	l.stopped.Go(func() { l.keep(r.limit / beats) })
	return l, nil
}

// place writes a file beside path and links it to there, so that it appears whole, and to one process only. File systems without links get a file that is
// created there; a reader may see it before it is written, which only makes it look held.
func place(dir, path string, text []byte) (*os.File, error) {
	f, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(text); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	err = os.Link(f.Name(), path)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644); err != nil {
		return nil, err
	}
	if _, err := f.Write(text); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return f, nil
}

// clear removes what is older than the generation before, and files of processes that died while they wrote them; what cannot be removed does no harm.
func (l *Lease) clear() {
	entries, _ := os.ReadDir(l.dir)
	for _, e := range entries {
		n, err := strconv.ParseUint(e.Name(), 10, 64)
		info, infoErr := e.Info()
		abandoned := err != nil && infoErr == nil && time.Since(info.ModTime()) > time.Hour
		if err == nil && n+1 < l.number || abandoned {
			os.Remove(l.dir + string(os.PathSeparator) + e.Name())
		}
	}
}

// Lost is closed when another process took the lease over, as it may when this one was not heard of for the limit.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// keep tells that the owner lives, until Release.
func (l *Lease) keep(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		if l.taken() {
			close(l.lost)
			return
		}
		// What could not be written now may be at the next beat; others see the silence.
		_ = l.write(func(p *pulse) { p.Beat++ })
	}
}

// taken says whether another process has the lease by now.
func (l *Lease) taken() bool {
	last, err := newest(l.dir)
	return err == nil && last != l.number
}

func (l *Lease) write(change func(*pulse)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.pulse)
	if _, err := l.file.WriteAt(l.pulse.line(), l.offset); err != nil {
		return err
	}
	return l.file.Sync()
}

// Child names a process that writes for the owner, 0 for none: on this machine nobody takes the lease over while it is there.
func (l *Lease) Child(pid int) error {
	if err := l.write(func(p *pulse) { p.Child, p.Begun = pid, begun(pid) }); err != nil {
		return fmt.Errorf("cannot write %s: %w", generation(l.dir, l.number), err)
	}
	return nil
}

// Release gives the lease back. With done it also removes its directory: nobody need ever hold it again. A lease that was lost stays with who has it.
func (l *Lease) Release(done bool) error {
	close(l.stop)
	l.stopped.Wait()
	var err error
	if !l.taken() {
		err = l.write(func(p *pulse) { *p = pulse{Free: true, Beat: p.Beat + 1} })
		if done {
			err = os.RemoveAll(l.dir)
		}
	}
	return errors.Join(err, l.file.Close())
}
