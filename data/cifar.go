// SPDX-License-Identifier: Apache-2.0

package data

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
)

// cifarPixels is one image: three planes (red, green, blue) of 32 x 32 bytes.
const cifarPixels = 3 * 32 * 32

// cifarImage is channels, height and width.
var cifarImage = [3]int{3, 32, 32}

// cifarFormat describes the records of a binary batch: label bytes, the last of
// which is used (cifar100 has a coarse one before the fine one), then the pixels.
type cifarFormat struct {
	limits []int // number of values of each label byte
}

func (f cifarFormat) record() int { return len(f.limits) + cifarPixels }

func (f cifarFormat) classes() int { return f.limits[len(f.limits)-1] }

// read appends the records of one batch to into.
func (f cifarFormat) read(s *stream, into *samples) error {
	record := make([]byte, f.record())
	if rest := s.size % int64(len(record)); s.size >= 0 && rest != 0 {
		return s.failAt(s.size-rest, "size %d is no multiple of %d (%d label bytes and %d pixels a record); %d bytes are left over",
			s.size, len(record), len(f.limits), cifarPixels, rest)
	}
	start := into.n
	for s.off <= maxBytes {
		at := s.off
		n, err := io.ReadFull(s, record)
		if err == io.EOF {
			if into.n == start {
				return s.fail("empty, want records of %d bytes", len(record))
			}
			return nil
		}
		if err != nil {
			return s.readError(err, "a record", int64(len(record)), int64(n))
		}
		for i, limit := range f.limits {
			if int(record[i]) >= limit {
				return s.failAt(at+int64(i), "label %d of record %d, want 0 to %d", record[i], into.n-start, limit-1)
			}
		}
		into.y = append(into.y, int32(record[len(f.limits)-1]))
		into.u8 = append(into.u8, record[len(f.limits):]...)
		into.n++
	}
	return s.fail("more than %d bytes, which no CIFAR batch has", maxBytes)
}

// readFiles reads batches that lie as files of their own, in the order given.
func (f cifarFormat) readFiles(ctx context.Context, paths []string) (*samples, error) {
	all := &samples{d: cifarPixels, image: cifarImage}
	for _, p := range paths {
		s, closer, err := openStream(ctx, p)
		if err != nil {
			return nil, err
		}
		err = f.read(s, all)
		closer.Close()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readArchive reads the batches out of a tar file, gzipped or not, without
// unpacking it to disk, and returns them in the order of names. Entries are told
// by the last part of their name.
func (f cifarFormat) readArchive(ctx context.Context, file string, names []string) ([]*samples, error) {
	s, closer, err := openStream(ctx, file)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return f.readEntries(s, names)
}

// readEntries is readArchive on an open stream.
func (f cifarFormat) readEntries(s *stream, names []string) ([]*samples, error) {
	found := make([]*samples, len(names))
	// Twice the bound on one batch, and a stop for an endless archive.
	tr := tar.NewReader(io.LimitReader(s, 2*maxBytes))
	for slices.Contains(found, nil) {
		entry, err := tr.Next()
		if err == io.EOF {
			return nil, s.fail("the archive ends without %s", names[slices.Index(found, nil)])
		}
		if err != nil {
			return nil, s.archiveError(err)
		}
		k := slices.Index(names, path.Base(entry.Name))
		if k < 0 || entry.Typeflag != tar.TypeReg {
			continue
		}
		if found[k] != nil {
			return nil, s.fail("the archive holds %s twice", entry.Name)
		}
		batch := &stream{ctx: s.ctx, name: s.name + ":" + entry.Name, r: tr, size: entry.Size}
		found[k] = &samples{d: cifarPixels, image: cifarImage}
		if err := f.read(batch, found[k]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// archiveError places what the tar reader ran into.
func (s *stream) archiveError(err error) error {
	var placed *FileError
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case errors.As(err, &placed):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return s.fail("truncated: the archive breaks off")
	case errors.Is(err, tar.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return s.fail("damaged archive (%v), want a tar file, gzipped or not", err)
	}
	return s.fail("archive: %v", err)
}

// concat joins batches in their order.
func concat(parts []*samples) *samples {
	all := &samples{d: parts[0].d, image: parts[0].image}
	for _, p := range parts {
		all.n += p.n
		all.u8 = append(all.u8, p.u8...)
		all.y = append(all.y, p.y...)
	}
	return all
}

// exists says whether p is a regular file.
func exists(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// countWarning compares the number of images with the published one.
func countWarning(name, part string, got, want int) []string {
	if got == want {
		return nil
	}
	return []string{fmt.Sprintf("%s: the %s part has %d images, the published one %d", name, part, got, want)}
}
