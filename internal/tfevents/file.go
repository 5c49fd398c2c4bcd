// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// Version is that of the format, the content of a file's first event.
	Version = "brain.Event:2"

	prefix = "events.out.tfevents." // what TensorBoard looks for, followed by seconds
	suffix = ".revgn"
	// temporary has no "tfevents" in it, so that TensorBoard does not take it for an event file.
	temporary = ".events-new"
)

// File is an event file that is being added to.
type File struct {
	f    *os.File
	size int64 // of its whole records
}

// Replace writes a new event file into dir, whole or not at all, in the place of the ones there. write hands the events to its argument one by one; now is
// the time of the first one and, in the file's name, when it was made.
func Replace(dir string, now time.Time, write func(add func(Event) error) error) (*File, error) {
	path := filepath.Join(dir, temporary)
	// What a kill left there goes first. Nothing is opened that was there before: it could be a link to elsewhere.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	file := &File{f: f}
	if err := file.fill(now, write); err != nil {
		return nil, first(err, f.Close(), os.Remove(path))
	}
	if err := moveIn(dir, now); err != nil {
		return nil, first(err, f.Close())
	}
	return file, nil
}

// fill writes the version and the events through to the disk.
func (f *File) fill(now time.Time, write func(add func(Event) error) error) error {
	out := bufio.NewWriter(f.f)
	add := func(e Event) error {
		n, err := out.Write(frame(e.encode()))
		f.size += int64(n)
		return err
	}
	return first(add(Event{Time: now, FileVersion: Version}), write(add), out.Flush(), f.f.Sync())
}

// moveIn gives the new file its name. It first takes the name of the newest one there, so that no moment has two or none.
func moveIn(dir string, now time.Time) error {
	old, err := Files(dir)
	if err != nil {
		return err
	}
	seconds, path := now.Unix(), filepath.Join(dir, temporary)
	if k := len(old) - 1; k >= 0 {
		for _, earlier := range old[:k] {
			if err := os.Remove(earlier); err != nil {
				return err
			}
		}
		seconds = max(seconds, secondsOf(old[k])+1)
		if err := os.Rename(path, old[k]); err != nil {
			return err
		}
		path = old[k]
	}
	if err := os.Rename(path, filepath.Join(dir, fmt.Sprintf("%s%010d%s", prefix, seconds, suffix))); err != nil {
		return err
	}
	return syncDir(dir)
}

// Files lists the event files of a run directory by name, which is by age.
func Files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), suffix) && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// Remove removes the event files of a run directory.
func Remove(dir string) error {
	paths, err := Files(dir)
	for _, path := range paths {
		err = first(err, os.Remove(path))
	}
	return err
}

// secondsOf is the number in a file's name, 0 where there is none.
func secondsOf(path string) int64 {
	digits := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), prefix), suffix)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Append writes an event in one call. Where the disk takes only a part of it the part is cut off again, so that the file ends with a whole record.
func (f *File) Append(e Event) error {
	if f.f == nil {
		return fs.ErrClosed
	}
	n, err := f.f.Write(frame(e.encode()))
	if err == nil {
		f.size += int64(n)
		return nil
	}
	if n > 0 {
		return first(err, f.f.Truncate(f.size))
	}
	return err
}

// Close ends writing. It may be called twice.
func (f *File) Close() error {
	if f.f == nil {
		return nil
	}
	err := first(f.f.Sync(), f.f.Close())
	f.f = nil
	return err
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return first(f.Sync(), f.Close())
}

// first is the first error of several things that were all done.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
