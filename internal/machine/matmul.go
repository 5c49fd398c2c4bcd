// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
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

// Matmul measures the rate of products of square matrices on a backend, one product a call on each of its devices at the same time, so that its calls can stand
// between those of what is compared with it. Each product is waited for and its result stays on the device.
type Matmul struct {
	Size int // n of the (n, n) factors
	exec *graph.Exec
	a    []*tensors.Tensor // one for each device
}

// NewMatmul compiles the product in the dtype for the first devices of a backend, of a size that suits its speed where size is 0, and runs it once.
func NewMatmul(b compute.Backend, devices int, dtype dtypes.DType, size int) (*Matmul, error) {
	grow := size == 0
	if grow {
		size = defaultSize
	}
	exec, err := graph.NewExec(b, func(a *graph.Node) *graph.Node { return graph.MatMul(a, a) })
	if err != nil {
		return nil, err
	}
	if devices > 1 {
		mesh, err := distributed.NewDeviceMesh([]int{devices}, []string{"device"})
		if err != nil {
			return nil, err
		}
		exec.SPMD(mesh)
	}
	m := &Matmul{exec: exec, a: make([]*tensors.Tensor, devices)}
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
	if err := m.release(); err != nil {
		return err
	}
	m.Size = n
	for i := range m.a {
		m.a[i] = tensors.FromShape(shapes.Make(dtype, n, n))
		// Not zeros, which a multiplier may find easier, and small enough that no power of them overflows.
		var err error
		if dtype == dtypes.Float64 {
			err = tensors.MutableFlatData(m.a[i], fill[float64])
		} else {
			err = tensors.MutableFlatData(m.a[i], fill[float32])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// release gives the memory of the factors back.
func (m *Matmul) release() error {
	for _, a := range m.a {
		if a == nil {
			continue
		}
		if err := a.FinalizeAll(); err != nil {
			return err
		}
	}
	return nil
}

// fill writes numbers in (-1, 1) by a linear congruential generator.
func fill[T float32 | float64](flat []T) {
	state := uint32(1)
	for i := range flat {
		state = state*1664525 + 1013904223
		flat[i] = T(int32(state)) / (1 << 31)
	}
}

// run is one product on each device.
func (m *Matmul) run() (time.Duration, error) {
	start := time.Now()
	out, err := m.exec.Call(m.a)
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	for _, product := range out {
		if err := product.FinalizeAll(); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// Operations are those of a call, 2n³ on each device.
func (m *Matmul) Operations() float64 { n := float64(m.Size); return 2 * n * n * n * float64(len(m.a)) }

// Rate runs one product on each device and returns their operations a second together.
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
	_ = m.release() // what is not given back here goes with the backend
}
