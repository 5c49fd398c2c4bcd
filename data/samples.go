// SPDX-License-Identifier: Apache-2.0

package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// samples are n rows of d values as they lie in a file: either u8 or f32 is set.
type samples struct {
	n, d int
	u8   []uint8
	f32  []float32
	y    []int32
	// image is channels, height and width; zeros where the rows are no images.
	image [3]int
}

// head is the first n samples; n = 0 keeps all.
func (s *samples) head(n int) *samples {
	if n == 0 || n >= s.n {
		return s
	}
	h := &samples{n: n, d: s.d, y: s.y[:n], image: s.image}
	if s.u8 != nil {
		h.u8 = s.u8[:n*s.d]
	} else {
		h.f32 = s.f32[:n*s.d]
	}
	return h
}

// pick is the samples idx, copied.
func (s *samples) pick(idx []int) *samples {
	p := &samples{n: len(idx), d: s.d, image: s.image}
	for _, i := range idx {
		if s.u8 != nil {
			p.u8 = append(p.u8, s.u8[i*s.d:(i+1)*s.d]...)
		} else {
			p.f32 = append(p.f32, s.f32[i*s.d:(i+1)*s.d]...)
		}
		p.y = append(p.y, s.y[i])
	}
	return p
}

// hash is the SHA-256 over the kind of value, n and d (uint64), the values and
// the labels (int32), all little-endian.
func (s *samples) hash() string {
	h := sha256.New()
	kind := "u8"
	if s.u8 == nil {
		kind = "f32"
	}
	fmt.Fprintf(h, "revgn samples %s\n", kind)
	buf := binary.LittleEndian.AppendUint64(nil, uint64(s.n))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(s.d))
	h.Write(buf)
	h.Write(s.u8)
	for i := 0; i < len(s.f32); i += 4096 {
		buf = buf[:0]
		for _, v := range s.f32[i:min(i+4096, len(s.f32))] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		h.Write(buf)
	}
	buf = buf[:0]
	for _, v := range s.y {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(v))
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

// moments are the mean and the standard deviation over all values, bytes
// divided by 255. Two passes in float64.
func (s *samples) moments() (mean, std float64) {
	at := func(i int) float64 { return float64(s.u8[i]) / 255 }
	if s.u8 == nil {
		at = func(i int) float64 { return float64(s.f32[i]) }
	}
	n := s.n * s.d
	for i := range n {
		mean += at(i)
	}
	mean /= float64(n)
	for i := range n {
		std += (at(i) - mean) * (at(i) - mean)
	}
	return mean, math.Sqrt(std / float64(n))
}

// normalise is (x - mean)/std with one pair a channel: d splits into len(mean)
// planes of equal size, one after the other.
func (s *samples) normalise(mean, std []float64) []float32 {
	out := make([]float32, s.n*s.d)
	plane := s.d / len(mean)
	var table [256]float32
	for c := range mean {
		for v := range table {
			table[v] = float32((float64(v)/255 - mean[c]) / std[c])
		}
		for i := range s.n {
			for j := i*s.d + c*plane; j < i*s.d+(c+1)*plane; j++ {
				if s.u8 != nil {
					out[j] = table[s.u8[j]]
				} else {
					out[j] = float32((float64(s.f32[j]) - mean[c]) / std[c])
				}
			}
		}
	}
	return out
}
