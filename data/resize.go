// SPDX-License-Identifier: Apache-2.0

package data

import "math"

// weighing is where a pixel of the result lies between two of the source: at low, a share of the way to high.
type weighing struct {
	low, high int
	share     float32
}

// weighings places the size pixels of a result over n pixels of the source from start on: pixel i lies at (i + 1/2)·n/size - 1/2, and stays between the first
// and the last of them (bilinear interpolation with align_corners=False; a crop is never larger than the image, so there is nothing to smooth first).
func weighings(start, n, size int) []weighing {
	out := make([]weighing, size)
	for i := range out {
		at := max((float64(i)+0.5)*float64(n)/float64(size)-0.5, 0)
		low := min(int(math.Floor(at)), n-1)
		out[i] = weighing{start + low, start + min(low+1, n-1), float32(at - float64(low))}
	}
	return out
}

// resize fills dst, height x width, with the rectangle of src, which has the same size, scaled up bilinearly.
func (r rectangle) resize(src, dst []float32, height, width int) {
	columns := weighings(r.left, r.width, width)
	for i, row := range weighings(r.top, r.height, height) {
		above, below := src[row.low*width:(row.low+1)*width], src[row.high*width:(row.high+1)*width]
		out := dst[i*width : (i+1)*width]
		for j, c := range columns {
			// The conversions forbid a fused multiply-add: the same pixels on every processor.
			upper := above[c.low] + float32(c.share*(above[c.high]-above[c.low]))
			lower := below[c.low] + float32(c.share*(below[c.high]-below[c.low]))
			out[j] = upper + float32(row.share*(lower-upper))
		}
	}
}
