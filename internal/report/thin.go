// SPDX-License-Identifier: Apache-2.0

package report

// extremes returns the indices of at most n points that stand for curves over the same points: the first and the last of all, and of each of equal buckets
// the least and the greatest of every curve. A spike is one of them, however short it is; what is lost is what lies between two extremes of a bucket.
func extremes(n int, curves ...[]float64) []int {
	points := len(curves[0])
	if points <= n {
		return upTo(points)
	}
	buckets := max(1, (n-2)/(2*len(curves)))
	keep := make([]bool, points)
	keep[0], keep[points-1] = true, true
	for b := range buckets {
		from, to := b*points/buckets, (b+1)*points/buckets
		for _, y := range curves {
			least, greatest := from, from
			for i := from; i < to; i++ {
				if y[i] < y[least] {
					least = i
				}
				if y[i] > y[greatest] {
					greatest = i
				}
			}
			keep[least], keep[greatest] = true, true
		}
	}
	var at []int
	for i, k := range keep {
		if k {
			at = append(at, i)
		}
	}
	return at
}

func upTo(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

func pick(v []float64, at []int) []float64 {
	if len(at) == len(v) {
		return v
	}
	out := make([]float64, len(at))
	for i, k := range at {
		out[i] = v[k]
	}
	return out
}

// thinned keeps at most n points.
func (t *Trace) thinned(n int) *Trace {
	if t == nil || t.Len() <= n {
		return t
	}
	at := extremes(n, t.Y)
	return &Trace{Step: pick(t.Step, at), Y: pick(t.Y, at), Lost: t.Lost}
}

// thinned keeps at most n points.
func (b *Band) thinned(n int) *Band {
	if b == nil || len(b.Step) <= n {
		return b
	}
	at := extremes(n, b.Mean, b.Lo, b.Hi)
	return &Band{Runs: b.Runs, Step: pick(b.Step, at), Mean: pick(b.Mean, at), Lo: pick(b.Lo, at), Hi: pick(b.Hi, at)}
}

// withoutRepeats leaves out the points of a stretch of equal values but its ends: the line is the same.
func (t *Trace) withoutRepeats() *Trace {
	var at []int
	for i := range t.Y {
		if i == 0 || i == len(t.Y)-1 || t.Y[i] != t.Y[i-1] || t.Y[i] != t.Y[i+1] {
			at = append(at, i)
		}
	}
	return &Trace{Step: pick(t.Step, at), Y: pick(t.Y, at), Lost: t.Lost}
}
