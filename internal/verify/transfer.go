// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
)

// array is a tensor on the host: dimensions and row-major values.
type array struct {
	dims []int
	flat []float64
}

// tensor copies an array to a tensor of the dtype.
func (a array) tensor(dtype dtypes.DType) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(append([]float64(nil), a.flat...), a.dims...)
	}
	single := make([]float32, len(a.flat))
	for i, v := range a.flat {
		single[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(single, a.dims...)
}

// dense is the array as a matrix; a vector becomes a row, a scalar a 1 × 1 matrix.
func (a array) dense() *mat.Dense {
	cols := 1
	if len(a.dims) > 0 {
		cols = a.dims[len(a.dims)-1]
	}
	return mat.NewDense(len(a.flat)/cols, cols, append([]float64(nil), a.flat...))
}

// fetch copies a tensor to the host.
func fetch(t *tensors.Tensor) (array, error) {
	a := array{dims: t.Shape().Dimensions}
	switch t.DType() {
	case dtypes.Float64:
		flat, err := tensors.CopyFlatData[float64](t)
		a.flat = flat
		return a, err
	case dtypes.Float32:
		flat, err := tensors.CopyFlatData[float32](t)
		for _, v := range flat {
			a.flat = append(a.flat, float64(v))
		}
		return a, err
	}
	return a, fmt.Errorf("a result of dtype %s: only Float64 and Float32 were expected", t.DType())
}

// matrixTensor is a matrix as a tensor of the dtype.
func matrixTensor(dtype dtypes.DType, m *mat.Dense) *tensors.Tensor {
	rows, cols := m.Dims()
	return array{[]int{rows, cols}, oracle.Vec(m)}.tensor(dtype)
}

// rowTensor is a matrix of one row as a vector of the dtype.
func rowTensor(dtype dtypes.DType, row []float64) *tensors.Tensor {
	return array{[]int{len(row)}, row}.tensor(dtype)
}

// scalarTensor is a scalar of the dtype.
func scalarTensor(dtype dtypes.DType, v float64) *tensors.Tensor {
	return array{nil, []float64{v}}.tensor(dtype)
}

// stacked is Z = [W; b], or W alone without b.
func stacked(w, b *mat.Dense) *mat.Dense {
	if b == nil {
		return w
	}
	var z mat.Dense
	z.Stack(w, b)
	return &z
}
