// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// A file is magic, key, length of the executable (8 bytes, little-endian), its SHA-256, the executable.
const (
	magic      = "revgnXLA\x01" // its last byte is the version of this layout
	extension  = ".xla"
	headerSize = len(magic) + sha256.Size + 8 + sha256.Size
)

func encode(payload []byte, k Key) []byte {
	sum := sha256.Sum256(payload)
	raw := make([]byte, 0, headerSize+len(payload))
	raw = append(raw, magic...)
	raw = append(raw, k[:]...)
	raw = binary.LittleEndian.AppendUint64(raw, uint64(len(payload)))
	raw = append(raw, sum[:]...)
	return append(raw, payload...)
}

// decode returns the executable of a file if it is whole and that of the key.
func decode(raw []byte, k Key) (payload []byte, ok bool) {
	if len(raw) < headerSize {
		return nil, false
	}
	header, payload := raw[:headerSize], raw[headerSize:]
	key, rest := header[len(magic):len(magic)+sha256.Size], header[len(magic)+sha256.Size:]
	if string(header[:len(magic)]) != magic || !bytes.Equal(key, k[:]) || binary.LittleEndian.Uint64(rest) != uint64(len(payload)) {
		return nil, false
	}
	sum := sha256.Sum256(payload)
	return payload, bytes.Equal(rest[8:], sum[:])
}
