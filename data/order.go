// SPDX-License-Identifier: Apache-2.0

package data

import (
	"math/bits"
	"math/rand/v2"
)

// Order is the permutation of 0..n-1 in which an epoch goes through n samples.
// It is a function of (seed, epoch, n) alone: the same on every machine,
// backend and version of Go. A negative n counts as 0.
//
// The generator is PCG-DXSM (math/rand/v2). Seed and epoch are mixed first, so
// that neighbouring seeds do not start from neighbouring states. The shuffle is
// Fisher-Yates from the end, its draw the high word of a 128-bit product, whose
// bias is below n/2^64.
func Order(seed uint64, epoch, n int) []int {
	order := make([]int, max(n, 0))
	for i := range order {
		order[i] = i
	}
	gen := rand.NewPCG(splitmix(seed), splitmix(^uint64(epoch)))
	for i := len(order) - 1; i > 0; i-- {
		j, _ := bits.Mul64(gen.Uint64(), uint64(i)+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// splitmix is the output function of SplitMix64 (Steele, Lea, Flood 2014).
func splitmix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Batches cuts order into mini-batches of exactly size indices. The last
// len(order) mod size indices are dropped: shapes stay fixed, and a fresh order
// each epoch drops different samples. A size below 1 or above len(order) gives
// no batch. The batches share memory with order.
func Batches(order []int, size int) [][]int {
	if size < 1 {
		return nil
	}
	batches := make([][]int, 0, len(order)/size)
	for ; len(order) >= size; order = order[size:] {
		batches = append(batches, order[:size:size])
	}
	return batches
}

// EvalBatch is one batch of a pass over a whole set.
type EvalBatch struct {
	// Index holds the samples; its length is the batch size.
	Index []int
	// Weight is 1 for a sample that counts and 0 for padding.
	Weight []float32
	// Count is the number of samples that count.
	Count int
}

// EvalBatches covers 0..n-1 in order with batches of exactly size indices. The
// last one is padded with sample 0 at weight 0, so a sum weighted by Weight
// counts every sample once. A size below 1 or n below 1 gives no batch; a size
// above n gives one batch, mostly padding.
func EvalBatches(n, size int) []EvalBatch {
	if n < 1 || size < 1 {
		return nil
	}
	batches := make([]EvalBatch, 0, (n-1)/size+1)
	for start := 0; start < n; start += size {
		b := EvalBatch{Index: make([]int, size), Weight: make([]float32, size), Count: min(size, n-start)}
		for k := range b.Count {
			b.Index[k], b.Weight[k] = start+k, 1
		}
		batches = append(batches, b)
	}
	return batches
}
