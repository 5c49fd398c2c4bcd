// SPDX-License-Identifier: Apache-2.0

package ntk

// heldBytes are those of what is kept of a block on the device: features and cotangents.
func (s sizes) heldBytes() int64 {
	var perRow int
	for c, constant := range s.constant {
		if s.identity(c) {
			perRow += 2 * s.config.Half()
		} else {
			perRow += s.config.Hidden
		}
		if !constant {
			perRow += s.config.Classes * s.config.Half()
		}
	}
	return int64(perRow) * int64(s.rows) * s.width()
}

// workBytes are those of what the larger of the two graphs has between its inputs and what is kept of its outputs. What the compiler puts there is a guess; a
// test holds it to a factor of XLA's account.
func (s sizes) workBytes() int64 {
	c := s.config
	b, k := int64(s.rows), int64(c.Classes)
	block := b * (2*k*int64(c.Hidden) + 4*int64(c.Hidden) + 4*k*int64(c.Half()))
	tile := 6 * int64(c.Couplings()) * b * b
	if s.full {
		moving := int64(3) // the tile, its copy on the host, and one more
		for _, constant := range s.constant {
			if !constant {
				moving++
			}
		}
		tile += moving * k * k * b * b
	}
	return max(block, tile) * s.width()
}

// kernelBytes are those of a kernel on the host.
func (s sizes) kernelBytes() int64 {
	side := int64(s.outputs() * s.rows)
	return int64(s.tiles()) * side * side * s.width()
}

// weightBytes are those of the network on the device and of what is made of its frozen part.
func (s sizes) weightBytes() int64 {
	d := int64(s.config.Half())
	total := int64(s.config.Trainable() + s.config.Frozen())
	for c := range s.constant {
		if s.identity(c) {
			total += 2 * d * d
		}
	}
	return total * s.width()
}
