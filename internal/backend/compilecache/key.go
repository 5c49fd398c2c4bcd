// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Key names an executable by all that it depends on.
type Key [sha256.Size]byte

func (k Key) String() string { return hex.EncodeToString(k[:]) }

// program is what a plugin is asked to compile, and for which client.
type program struct {
	code, format, options []byte
	plugin                string // SHA-256 of its file
	platform, version     string // of the client
	devices               int
}

// key hashes a program with the environment. Every field has its length before it, so that no two lists of fields run together to the same bytes.
func (e Environment) key(p program) Key {
	h := sha256.New()
	write(h, []byte(magic))
	write(h, []byte(e.Host))
	writeNumber(h, len(e.Variables))
	for _, v := range e.Variables {
		write(h, []byte(v))
	}
	write(h, p.code)
	write(h, p.format)
	write(h, p.options)
	write(h, []byte(p.plugin))
	write(h, []byte(p.platform))
	write(h, []byte(p.version))
	writeNumber(h, p.devices)
	return Key(h.Sum(nil))
}

func write(h hash.Hash, b []byte) {
	writeNumber(h, len(b))
	h.Write(b) // a hash returns no error
}

func writeNumber(h hash.Hash, n int) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(n))
	h.Write(size[:]) // as above
}
