// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// The size of the product whose rate is measured: defaultSize, twice that as long as a product is over in less than briefest, at most largestSize.
const (
	defaultSize = 2048
	largestSize = 16384
	briefest    = 20 * time.Millisecond
)

// Matmul measures the rate of products of square matrices on a backend, one product a call, so that its calls can stand between those of what is compared
// with it. Each product is waited for and its result stays on the device.
type Matmul struct {
	Size int // n of the (n, n) factors
	exec *graph.Exec
	a    *tensors.Tensor
}

// NewMatmul compiles the product in the dtype, of a size that suits the backend's speed where size is 0, and runs it once.
func NewMatmul(b compute.Backend, dtype dtypes.DType, size int) (*Matmul, error) {
	grow := size == 0
	if grow {
		size = defaultSize
	}
	exec, err := graph.NewExec(b, func(a *graph.Node) *graph.Node { return graph.MatMul(a, a) })
	if err != nil {
		return nil, err
	}
	m := &Matmul{exec: exec}
	for {
		if err := m.resize(dtype, size); err != nil {
			m.Finalize()
			return nil, err
		}
		var took time.Duration
		for range 2 { // the first one compiles
			if took, err = m.run(); err != nil {
				m.Finalize()
				return nil, err
			}
		}
		if !grow || took >= briefest || 2*size > largestSize {
			return m, nil
		}
		size *= 2
	}
}

func (m *Matmul) resize(dtype dtypes.DType, n int) error {
	if m.a != nil {
		if err := m.a.FinalizeAll(); err != nil {
			return err
		}
	}
	m.Size, m.a = n, tensors.FromShape(shapes.Make(dtype, n, n))
	// Not zeros, which a multiplier may find easier, and small enough that no power of them overflows.
	if dtype == dtypes.Float64 {
		return tensors.MutableFlatData(m.a, fill[float64])
	}
	return tensors.MutableFlatData(m.a, fill[float32])
}

// fill writes numbers in (-1, 1) by a linear congruential generator.
func fill[T float32 | float64](flat []T) {
	state := uint32(1)
	for i := range flat {
		state = state*1664525 + 1013904223
		flat[i] = T(int32(state)) / (1 << 31)
	}
}

// run is one product.
func (m *Matmul) run() (time.Duration, error) {
	start := time.Now()
	out, err := m.exec.Call(m.a)
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	return took, out[0].FinalizeAll()
}

// Operations are those of one product, 2n³.
func (m *Matmul) Operations() float64 { n := float64(m.Size); return 2 * n * n * n }

// Rate runs one product and returns its operations a second.
func (m *Matmul) Rate() (float64, error) {
	took, err := m.run()
	if err != nil {
		return 0, err
	}
	return m.Operations() / max(took.Seconds(), 1e-9), nil
}

// Finalize gives its memory back.
func (m *Matmul) Finalize() {
	m.exec.Finalize()
	if m.a != nil {
		m.a.FinalizeAll()
	}
}
