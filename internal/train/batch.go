// SPDX-License-Identifier: Apache-2.0

package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/data"
)

// batch is samples on their way to the device.
type batch struct {
	x, y *tensors.Tensor // (B, D) in the network's dtype, (B) Int32
}

// gather takes the samples idx of the set in the dtype.
func gather(set *data.Set, idx []int, dtype dtypes.DType) batch {
	x, y := make([]float32, len(idx)*set.D), make([]int32, len(idx))
	set.Gather(idx, x, y)
	b := batch{y: tensors.FromFlatDataAndDimensions(y, len(idx))}
	if dtype == dtypes.Float64 {
		double := make([]float64, len(x))
		for i, v := range x {
			double[i] = float64(v)
		}
		b.x = tensors.FromFlatDataAndDimensions(double, len(idx), set.D)
		return b
	}
	b.x = tensors.FromFlatDataAndDimensions(x, len(idx), set.D)
	return b
}

// first returns the indices 0..n-1.
func first(n int) []int {
	idx := make([]int, n)
	for i := range idx {
		idx[i] = i
	}
	return idx
}

// scalar is v as a tensor of the dtype.
func scalar(dtype dtypes.DType, v float64) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromScalar(v)
	}
	return tensors.FromScalar(float32(v))
}

// stream yields the batches of a run in order: a function of (seed, epoch) alone.
type stream struct {
	set     *data.Set
	seed    uint64
	size    int
	epoch   int // from 0
	pending [][]int
}

// next returns the indices of the next batch.
func (s *stream) next() []int {
	if len(s.pending) == 0 {
		s.pending = data.Batches(data.Order(s.seed, s.epoch, s.set.Len()), s.size)
		s.epoch++
	}
	idx := s.pending[0]
	s.pending = s.pending[1:]
	return idx
}
