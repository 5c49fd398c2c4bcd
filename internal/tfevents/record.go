// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"encoding/binary"
	"hash/crc32"
)

const (
	headerSize = 12 // length and its CRC
	footerSize = 4
)

// frame is the record of a payload.
func frame(payload []byte) []byte {
	b := make([]byte, 0, headerSize+len(payload)+footerSize)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(payload)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	b = append(b, payload...)
	return binary.LittleEndian.AppendUint32(b, masked(payload))
}

// masked is the CRC-32C, changed so that the CRC of what holds a CRC is not degenerate.
func masked(b []byte) uint32 {
	const delta = 0xa282ead8
	crc := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return (crc>>15 | crc<<17) + delta
}
