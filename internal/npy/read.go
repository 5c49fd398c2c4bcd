// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"revgn/internal/safefile"
)

// Limits bound what a reader accepts and reads; a zero field means its default.
type Limits struct {
	Arrays int      // members in the archive (10,000)
	Bytes  int64    // bytes of all arrays together, uncompressed (64 GiB)
	Header int      // bytes of one array's header (16 KiB)
	Only   []string // names of the arrays to read; the others are passed over (all)
}

func (l Limits) withDefaults() Limits {
	if l.Arrays == 0 {
		l.Arrays = 10_000
	}
	if l.Bytes == 0 {
		l.Bytes = 64 << 30
	}
	if l.Header == 0 {
		l.Header = 16 << 10
	}
	return l
}

// An archive may unpack to maxRatio times its size, and a small one to freelyUnpacked, whatever the limit says: images shrink 5 times,
// a file that was made to fill memory up to deflateRatio times.
const (
	maxRatio       = 100
	freelyUnpacked = 32 << 20
)

// deflateRatio is the most that DEFLATE can shrink anything (zlib's documentation: 1032:1).
const deflateRatio = 1032

// ReadZip reads the arrays of an .npz archive of size bytes, in the archive's order.
func ReadZip(r io.ReaderAt, size int64, lim Limits) ([]Array, error) {
	lim = lim.withDefaults()
	lim.Bytes = min(lim.Bytes, max(freelyUnpacked, maxRatio*min(size, lim.Bytes)))
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not an .npz archive of %d bytes: %w", size, err)
	}
	if len(z.File) > lim.Arrays {
		return nil, fmt.Errorf("%d arrays, want at most %d", len(z.File), lim.Arrays)
	}
	seen := map[string]bool{}
	left, packed := lim.Bytes, uint64(size)
	arrays := make([]Array, 0, len(z.File))
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, fmt.Errorf("member %s: want a name ending in .npy", clip(f.Name))
		}
		if seen[name] {
			return nil, fmt.Errorf("member %s comes twice", clip(f.Name))
		}
		seen[name] = true
		if lim.Only != nil && !slices.Contains(lim.Only, name) {
			continue
		}
		a, err := readMember(f, packed, left, lim)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", clip(f.Name), err)
		}
		left -= int64(f.UncompressedSize64)
		packed -= f.CompressedSize64 // members that overlap would use the same bytes twice
		a.Name = name
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// ReadFile reads all arrays of the .npz file at path.
func ReadFile(path string, lim Limits) ([]Array, error) {
	f, err := safefile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	arrays, err := ReadZip(f, st.Size(), lim)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return arrays, nil
}

// readMember checks what the archive claims of a member against what the archive
// can hold, then reads it.
func readMember(f *zip.File, room uint64, left int64, lim Limits) (Array, error) {
	packed, full := f.CompressedSize64, f.UncompressedSize64
	switch {
	case f.Flags&1 != 0:
		return Array{}, errors.New("it is encrypted, want a plain member")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return Array{}, fmt.Errorf("compression method %d, want 0 (stored) or 8 (deflate)", f.Method)
	case packed > room:
		return Array{}, fmt.Errorf("it claims %d bytes where the archive has %d left", packed, room)
	case f.Method == zip.Store && full != packed,
		f.Method == zip.Deflate && full > (packed+1)*deflateRatio:
		return Array{}, fmt.Errorf("it claims to unpack %d bytes to %d", packed, full)
	case full > uint64(left):
		return Array{}, fmt.Errorf("%d bytes, but only %d are left of the limit %d (numpy.savez writes without compression, which has another limit)", full, left, lim.Bytes)
	}
	r, err := f.Open()
	if err != nil {
		return Array{}, err
	}
	defer r.Close()
	return read(r, int64(full), f.Method == zip.Store, lim)
}

// Read reads one .npy array of exactly size bytes; its Name stays empty.
func Read(r io.Reader, size int64, lim Limits) (Array, error) {
	lim = lim.withDefaults()
	if size > lim.Bytes {
		return Array{}, fmt.Errorf("%d bytes, want at most %d", size, lim.Bytes)
	}
	return read(r, size, false, lim)
}

// read reads one array; sure says that size is known to be true, so that the
// memory may be taken in one piece.
func read(r io.Reader, size int64, sure bool, lim Limits) (Array, error) {
	h, err := readHeader(r, lim.Header)
	if err != nil {
		return Array{}, err
	}
	if want := int64(h.count) * int64(h.elem.size); size-int64(h.bytes) != want {
		return Array{}, fmt.Errorf("offset %d: %d bytes of data, want %d for shape %v of %s",
			h.bytes, size-int64(h.bytes), want, h.shape, h.elem.descr)
	}
	data, err := readData(r, h, sure)
	if err != nil {
		return Array{}, err
	}
	if h.fortran {
		data = fromFortran(data, h.shape)
	}
	return Array{Shape: h.shape, Data: data}, nil
}

// chunk is the number of bytes converted at a time.
const chunk = 1 << 16

// readData reads the elements and the end of the input, where archive/zip
// compares the checksum. Memory that the input may not fill grows with the input.
func readData(r io.Reader, h header, sure bool) (any, error) {
	capacity := h.count
	if !sure {
		capacity = min(capacity, 1<<20)
	}
	data := h.elem.makeData(capacity)
	buf := make([]byte, min(chunk, h.count*h.elem.size))
	offset := h.bytes
	for left := h.count * h.elem.size; left > 0; {
		part := buf[:min(len(buf), left)]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, short(err, offset, fmt.Sprintf("%d bytes more", left))
		}
		data = appendDecoded(data, part)
		offset += len(part)
		left -= len(part)
	}
	var end [1]byte
	switch n, err := io.ReadFull(r, end[:]); {
	case n > 0:
		return nil, fmt.Errorf("offset %d: bytes after the data, want the end", offset)
	case err != io.EOF:
		return nil, fmt.Errorf("offset %d: %w", offset, err)
	}
	return data, nil
}

// appendDecoded appends the little-endian elements in part to data.
func appendDecoded(data any, part []byte) any {
	switch d := data.(type) {
	case []float32:
		return decodeOnto(d, part, 4)
	case []float64:
		return decodeOnto(d, part, 8)
	case []int32:
		return decodeOnto(d, part, 4)
	case []int64:
		return decodeOnto(d, part, 8)
	case []uint8:
		return append(d, part...)
	}
	return data
}

func decodeOnto[T float32 | float64 | int32 | int64](d []T, part []byte, size int) []T {
	old := len(d)
	d = append(d, make([]T, len(part)/size)...)
	// Decode cannot fail: the destination has a fixed size and part fills it.
	_, _ = binary.Decode(part, binary.LittleEndian, d[old:])
	return d
}
