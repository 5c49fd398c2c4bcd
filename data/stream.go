// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"revgn/internal/safefile"
)

// maxBytes bounds what one file may hold once unpacked. The largest published
// set here is 184 MB; the bound keeps a small hostile file from filling memory.
const maxBytes = 1 << 30

// A gzipped file may unpack to maxRatio times its size, and a small one to
// freelyUnpacked. Images shrink 5 times and sparse tables some 50 times; a file
// that was made to fill memory, up to 1032 times.
const (
	maxRatio       = 100
	freelyUnpacked = 32 << 20
)

// stream reads one file, unpacked if it is gzipped, and knows where it is.
type stream struct {
	ctx      context.Context
	name     string
	r        io.Reader
	off      int64
	size     int64 // bytes in all; -1 where only reading tells
	unpacked bool
	limit    int64 // of off where unpacked
}

// openStream opens a regular file. Gzip is told by its magic number, not by the name.
func openStream(ctx context.Context, path string) (*stream, io.Closer, error) {
	f, err := safefile.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	s, err := newStream(ctx, path, f, info.Size())
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return s, f, nil
}

// newStream reads name from r, which holds size bytes (-1: unknown).
func newStream(ctx context.Context, name string, r io.Reader, size int64) (*stream, error) {
	buf := bufio.NewReaderSize(r, 1<<16)
	s := &stream{ctx: ctx, name: name, r: buf, size: size}
	if magic, _ := buf.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(buf)
		if err != nil {
			return nil, s.fail("damaged gzip header (%v)", err)
		}
		s.r, s.size, s.unpacked = zr, -1, true
		s.limit = max(freelyUnpacked, maxRatio*size)
	}
	return s, nil
}

// Read implements io.Reader. It stops when the context does.
func (s *stream) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.off += int64(n)
	if s.unpacked && s.off > s.limit {
		return n, s.fail("unpacks to more than %d bytes, %d times its size; unpack it with gunzip if that is right", s.limit, maxRatio)
	}
	return n, err
}

// fail is a FileError at the present offset.
func (s *stream) fail(format string, a ...any) error { return s.failAt(s.off, format, a...) }

func (s *stream) failAt(off int64, format string, a ...any) error {
	return &FileError{File: s.name, Offset: off, Unpacked: s.unpacked, Msg: fmt.Sprintf(format, a...)}
}

// readFull fills p, which holds what.
func (s *stream) readFull(p []byte, what string) error {
	n, err := io.ReadFull(s, p)
	if err == nil {
		return nil
	}
	return s.readError(err, what, int64(len(p)), int64(n))
}

// readError says what a read of want bytes ran into after got of them.
func (s *stream) readError(err error, what string, want, got int64) error {
	var placed *FileError
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case errors.As(err, &placed):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return s.fail("truncated: %s takes %d bytes, %d are there", what, want, got)
	default:
		return s.fail("%s: %v", what, err)
	}
}

// readBytes reads n bytes, which hold what. Memory grows with the bytes that
// arrive, so a header that lies about n costs nothing.
func (s *stream) readBytes(n int64, what string) ([]byte, error) {
	if s.size >= 0 && s.size-s.off < n {
		return nil, s.fail("truncated: %s takes %d bytes, %d are there", what, n, s.size-s.off)
	}
	var buf bytes.Buffer
	if s.size >= 0 {
		buf.Grow(int(n))
	}
	got, err := io.CopyN(&buf, s, n)
	if err != nil {
		return nil, s.readError(err, what, n, got)
	}
	return buf.Bytes(), nil
}

// end checks that nothing is left, which also checks a gzip file's own sum.
func (s *stream) end(what string) error {
	var one [1]byte
	at := s.off
	n, err := io.ReadFull(s, one[:])
	if n != 0 {
		return s.failAt(at, "bytes left over: %s ends here", what)
	}
	if err != io.EOF {
		return s.readError(err, "the end of the file", 0, 0)
	}
	return nil
}
