// SPDX-License-Identifier: Apache-2.0

package data

import (
	"slices"
	"testing"
)

func TestOrderIsPermutation(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 7, 1000} {
		order := Order(42, 3, n)
		sorted := slices.Clone(order)
		slices.Sort(sorted)
		if len(order) != max(n, 0) {
			t.Fatalf("n=%d: %d indices", n, len(order))
		}
		for i, v := range sorted {
			if v != i {
				t.Fatalf("n=%d: index %d is missing", n, i)
			}
		}
	}
}

// TestOrderIsPinned holds the order itself: runs of different versions of the
// program must see the same batches.
func TestOrderIsPinned(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		epoch int
		want  []int
	}{
		{0, 0, []int{4, 1, 5, 9, 8, 6, 3, 2, 7, 0}},
		{42, 1, []int{3, 7, 4, 1, 9, 6, 5, 0, 2, 8}},
	} {
		if got := Order(c.seed, c.epoch, 10); !slices.Equal(got, c.want) {
			t.Errorf("Order(%d, %d, 10) = %v, want %v", c.seed, c.epoch, got, c.want)
		}
	}
}

func TestOrderDependsOnSeedAndEpoch(t *testing.T) {
	base := Order(1, 1, 1000)
	if !slices.Equal(base, Order(1, 1, 1000)) {
		t.Error("two calls differ")
	}
	for _, other := range [][]int{Order(2, 1, 1000), Order(1, 2, 1000), Order(1<<63|1, 1, 1000)} {
		same := 0
		for i := range base {
			if base[i] == other[i] {
				same++
			}
		}
		if same > 10 { // 1 is expected; 10 has probability 1e-7
			t.Errorf("%d of 1000 positions agree", same)
		}
	}
}

// TestOrderIsUniform counts where each value lands; chi-square with 15·15 degrees
// of freedom has mean 225 and deviation 21.
func TestOrderIsUniform(t *testing.T) {
	const n, rounds = 16, 8000
	var counts [n][n]float64
	for epoch := range rounds {
		for i, v := range Order(7, epoch, n) {
			counts[i][v]++
		}
	}
	chi, want := 0.0, float64(rounds)/n
	for i := range counts {
		for _, c := range counts[i] {
			chi += (c - want) * (c - want) / want
		}
	}
	if chi < 225-5*21 || chi > 225+5*21 {
		t.Errorf("chi-square %.0f, want 225 within 105", chi)
	}
}

func TestBatches(t *testing.T) {
	for _, c := range []struct{ n, size, batches int }{
		{10, 3, 3}, {10, 5, 2}, {10, 10, 1}, {10, 11, 0}, {10, 0, 0}, {10, -1, 0}, {0, 1, 0},
	} {
		order := Order(0, 0, c.n)
		got := Batches(order, c.size)
		if len(got) != c.batches {
			t.Errorf("%d by %d: %d batches, want %d", c.n, c.size, len(got), c.batches)
		}
		var all []int
		for _, b := range got {
			if len(b) != c.size {
				t.Errorf("%d by %d: a batch of %d", c.n, c.size, len(b))
			}
			all = append(all, b...)
		}
		if !slices.Equal(all, order[:len(all)]) {
			t.Errorf("%d by %d: batches do not follow the order", c.n, c.size)
		}
	}
}

func TestEvalBatchesCountEverySampleOnce(t *testing.T) {
	for _, c := range []struct{ n, size int }{{10, 3}, {10, 5}, {10, 10}, {10, 64}, {1, 1}, {0, 4}, {4, 0}} {
		weight := make([]float32, c.n)
		for _, b := range EvalBatches(c.n, c.size) {
			if len(b.Index) != c.size || len(b.Weight) != c.size {
				t.Fatalf("%d by %d: lengths %d, %d", c.n, c.size, len(b.Index), len(b.Weight))
			}
			sum := float32(0)
			for k, i := range b.Index {
				weight[i] += b.Weight[k]
				sum += b.Weight[k]
			}
			if sum != float32(b.Count) {
				t.Errorf("%d by %d: weights sum to %g, Count is %d", c.n, c.size, sum, b.Count)
			}
		}
		for i, w := range weight {
			if want := float32(min(c.size, 1)); w != want {
				t.Errorf("%d by %d: sample %d has weight %g, want %g", c.n, c.size, i, w, want)
			}
		}
	}
}
