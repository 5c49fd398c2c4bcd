// SPDX-License-Identifier: Apache-2.0

package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/data"
	"revgn/internal/config"
)

// batch is samples on their way to the device.
type batch struct {
	x, y *tensors.Tensor // (B, D) in the network's dtype, (B) Int32
}

// gather takes the samples idx of the set, as they are, in the dtype.
func gather(set *data.Set, idx []int, dtype dtypes.DType) batch {
	x, y := make([]float32, len(idx)*set.D), make([]int32, len(idx))
	set.Gather(idx, x, y)
	return upload(x, y, dtype)
}

// gatherAugmented is gather for a step, with the samples as the augmentation leaves them in an epoch.
func gatherAugmented(a data.Augment, set *data.Set, p pick, dtype dtypes.DType) (batch, error) {
	x, y := make([]float32, len(p.idx)*set.D), make([]int32, len(p.idx))
	if err := a.Gather(set, p.epoch, p.idx, x, y); err != nil {
		return batch{}, err
	}
	return upload(x, y, dtype), nil
}

// upload makes tensors of x (B x D) and y (B), which must not be written to afterwards.
func upload(x []float32, y []int32, dtype dtypes.DType) batch {
	n := len(y)
	b := batch{y: tensors.FromFlatDataAndDimensions(y, n)}
	if dtype == dtypes.Float64 {
		double := make([]float64, len(x))
		for i, v := range x {
			double[i] = float64(v)
		}
		b.x = tensors.FromFlatDataAndDimensions(double, n, len(x)/n)
		return b
	}
	b.x = tensors.FromFlatDataAndDimensions(x, n, len(x)/n)
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

// newStream is the stream after so many batches.
func newStream(set *data.Set, seed uint64, size, after int) *stream {
	perEpoch := max(1, set.Len()/size)
	s := &stream{set: set, seed: seed, size: size, epoch: after / perEpoch}
	for range after % perEpoch {
		s.next()
	}
	return s
}

// pick is the samples of a batch and the epoch, from 0, whose order they stand in.
type pick struct {
	idx   []int
	epoch int
}

// next returns the next batch.
func (s *stream) next() pick {
	if len(s.pending) == 0 {
		s.pending = data.Batches(data.Order(s.seed, s.epoch, s.set.Len()), s.size)
		s.epoch++
	}
	idx := s.pending[0]
	s.pending = s.pending[1:]
	return pick{idx, s.epoch - 1}
}

// BatchOf is the batch of a step of a run, counted from 1, however long the run: the indices of its samples in the training part, and the samples x (B x D) with
// labels y (B) as the step sees them, augmented where the options say so.
func BatchOf(o config.Options, set *data.Set, step int) (idx []int, x []float32, y []int32, err error) {
	perEpoch := o.StepsPerEpoch(set.Len())
	epoch, at := (step-1)/perEpoch, (step-1)%perEpoch
	idx = data.Batches(data.Order(o.Seed, epoch, set.Len()), o.Batch(set.Len()))[at]
	x, y = make([]float32, len(idx)*set.D), make([]int32, len(idx))
	return idx, x, y, augmentOf(o).Gather(set, epoch, idx, x, y)
}
