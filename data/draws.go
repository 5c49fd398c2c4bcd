// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync"
)

// draws is the stream of random numbers of one purpose: a function of (seed, what, at) alone, so that a sample's numbers do not depend on how many samples
// there are or on who draws first. The generator is PCG-DXSM, as in [Order].
func draws(seed uint64, what string, at ...int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(what))
	a := splitmix(splitmix(seed) ^ h.Sum64())
	b := a
	for _, i := range at {
		b = splitmix(b ^ uint64(i))
	}
	return rand.New(rand.NewPCG(a, b))
}

// perWorker is the number of samples that a goroutine takes at a time.
const perWorker = 64

// eachSample calls fn for 0..n-1 on all processors, in no order. fn must write to places of its own alone. It ends early when the context does.
func eachSample(ctx context.Context, n int, fn func(i int)) error {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), (n+perWorker-1)/perWorker) {
		wg.Go(func() {
			for start := range next {
				for i := start; i < min(start+perWorker, n); i++ {
					fn(i)
				}
			}
		})
	}
	for start := 0; start < n && ctx.Err() == nil; start += perWorker {
		next <- start
	}
	close(next)
	wg.Wait()
	return ctx.Err()
}

// dot is aᵀb in four interleaved sums. The conversions forbid a fused multiply-add, so the result is the same on every processor.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64 // not an array, which Go does not hold in registers
	for len(a) >= 4 && len(b) >= 4 {
		s0 += float64(a[0] * b[0])
		s1 += float64(a[1] * b[1])
		s2 += float64(a[2] * b[2])
		s3 += float64(a[3] * b[3])
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += float64(v * b[i])
	}
	return s0 + s1 + (s2 + s3)
}

// addScaled is dst += s·a, without a fused multiply-add.
func addScaled(dst []float64, s float64, a []float64) {
	dst = dst[:len(a)]
	for i, v := range a {
		dst[i] += float64(s * v)
	}
}

// gaussians is n draws of N(0, 1).
func gaussians(rng *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = rng.NormFloat64()
	}
	return out
}

// largest is the index of the largest element, the first of equals.
func largest(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
