// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const magic = "\x93NUMPY"

// header is what a .npy preamble says.
type header struct {
	elem    elementType
	fortran bool
	shape   []int
	count   int // elements
	bytes   int // length of the preamble, padding included
}

// encodeHeader returns the preamble of a C-order array, padded so that the data
// start at a multiple of 64 bytes.
func encodeHeader(t elementType, shape []int) []byte {
	var dims strings.Builder
	for _, s := range shape {
		fmt.Fprintf(&dims, "%d, ", s)
	}
	tuple := strings.TrimSuffix(dims.String(), " ") // "(3,)" and "(3, 4,)" are both Python tuples
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", t.descr, tuple)
	// 32 dimensions of 20 digits stay far below version 1's 65,535 bytes.
	const preamble = len(magic) + 2 + 2
	pad := 63 - (preamble+len(dict))%64
	out := append([]byte(magic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(dict)+pad+1))
	out = append(out, dict...)
	out = append(out, strings.Repeat(" ", pad)...)
	return append(out, '\n')
}

// readHeader reads a preamble of at most maxHeader bytes.
func readHeader(r io.Reader, maxHeader int) (header, error) {
	var fixed [8]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return header{}, short(err, 0, "the 8 bytes of magic and version")
	}
	if string(fixed[:6]) != magic {
		return header{}, fmt.Errorf("offset 0: magic %q, want %q", fixed[:6], magic)
	}
	lenSize := 4
	switch fixed[6] {
	case 1:
		lenSize = 2
	case 2, 3:
	default:
		return header{}, fmt.Errorf("offset 6: format version %d.%d, want 1, 2 or 3", fixed[6], fixed[7])
	}
	var raw [4]byte
	if _, err := io.ReadFull(r, raw[:lenSize]); err != nil {
		return header{}, short(err, 8, "the header's length")
	}
	n := binary.LittleEndian.Uint32(raw[:])
	if uint64(n) > uint64(maxHeader) {
		return header{}, fmt.Errorf("offset 8: header of %d bytes, want at most %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, short(err, 8+lenSize, fmt.Sprintf("a header of %d bytes", n))
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, fmt.Errorf("offset %d: %w", 8+lenSize, err)
	}
	h.bytes = 8 + lenSize + int(n)
	return h, nil
}

// parseHeader parses the dictionary literal and checks type and shape.
func parseHeader(text string) (header, error) {
	d, err := parseDict(text)
	if err != nil {
		return header{}, fmt.Errorf("header %s: %w", clip(text), err)
	}
	h := header{fortran: d.fortran, shape: d.shape}
	if h.elem, err = typeNamed(d.descr); err != nil {
		return header{}, err
	}
	if h.count, err = elements(d.shape); err != nil {
		return header{}, err
	}
	return h, nil
}

// clip quotes at most 80 bytes of a hostile text.
func clip(s string) string {
	if len(s) > 80 {
		return strconv.Quote(s[:80]) + "..."
	}
	return strconv.Quote(s)
}

// short says where input ended too early, and passes other errors through.
func short(err error, offset int, want string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("offset %d: the data end, want %s", offset, want)
	}
	return fmt.Errorf("offset %d: %w", offset, err)
}
