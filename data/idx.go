// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"encoding/binary"
	"fmt"
)

// The IDX format: two zero bytes, the element type (0x08: unsigned byte), the
// number of dimensions, each dimension as a big-endian uint32, the elements.

// readIDX reads an IDX file of unsigned bytes with rank dimensions.
func readIDX(s *stream, rank int) (dims []int, elements []byte, err error) {
	want := []byte{0, 0, 8, byte(rank)}
	var magic [4]byte
	if err := s.readFull(magic[:], "the magic number"); err != nil {
		return nil, nil, err
	}
	for i, b := range magic {
		if b != want[i] {
			return nil, nil, s.failAt(int64(i), "magic number %#08x, want %#08x (IDX, unsigned bytes, %d dimensions)",
				binary.BigEndian.Uint32(magic[:]), binary.BigEndian.Uint32(want), rank)
		}
	}
	total := int64(1)
	for i := range rank {
		var word [4]byte
		if err := s.readFull(word[:], fmt.Sprintf("dimension %d", i)); err != nil {
			return nil, nil, err
		}
		n := int64(binary.BigEndian.Uint32(word[:]))
		if total *= n; n == 0 || total > maxBytes {
			return nil, nil, s.failAt(s.off-4, "dimension %d is %d: %d elements, want 1 to %d", i, n, total, maxBytes)
		}
		dims = append(dims, int(n))
	}
	what := fmt.Sprintf("%d elements of %v", total, dims)
	if elements, err = s.readBytes(total, what); err != nil {
		return nil, nil, err
	}
	return dims, elements, s.end(what)
}

// readIDXPair reads a file of images (n x rows x columns) and one of labels (n),
// each label below classes.
func readIDXPair(ctx context.Context, imagePath, labelPath string, classes int) (*samples, error) {
	_, dims, pixels, err := readIDXFile(ctx, imagePath, 3)
	if err != nil {
		return nil, err
	}
	file, n, labels, err := readIDXFile(ctx, labelPath, 1)
	if err != nil {
		return nil, err
	}
	if n[0] != dims[0] {
		return nil, file.failAt(4, "%d labels, want %d, the number of images in %s", n[0], dims[0], imagePath)
	}
	s := &samples{n: n[0], d: dims[1] * dims[2], u8: pixels, y: make([]int32, n[0]), image: [3]int{1, dims[1], dims[2]}}
	for i, label := range labels {
		if int(label) >= classes {
			return nil, file.failAt(int64(8+i), "label %d, want 0 to %d", label, classes-1)
		}
		s.y[i] = int32(label)
	}
	return s, nil
}

// readIDXFile also returns the stream, closed, which places later errors.
func readIDXFile(ctx context.Context, path string, rank int) (*stream, []int, []byte, error) {
	s, f, err := openStream(ctx, path)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	dims, elements, err := readIDX(s, rank)
	return s, dims, elements, err
}
