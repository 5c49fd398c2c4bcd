// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
)

// Matrix is a tensor (rows, cols) of the dtype with the values of m.
func Matrix(dtype dtypes.DType, m *mat.Dense) *tensors.Tensor {
	rows, cols := m.Dims()
	return Tensor(dtype, m, rows, cols)
}

// Tensor is a tensor of the dtype and the dimensions given with the values of m row by row.
func Tensor(dtype dtypes.DType, m *mat.Dense, dims ...int) *tensors.Tensor {
	flat := oracle.Vec(m)
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(flat, dims...)
	}
	single := make([]float32, len(flat))
	for i, v := range flat {
		single[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(single, dims...)
}

// Scalar is a scalar of the dtype.
func Scalar(dtype dtypes.DType, v float64) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromScalar(v)
	}
	return tensors.FromScalar(float32(v))
}

// Flat is a host copy of a tensor's values, row by row.
func Flat(t testing.TB, x *tensors.Tensor) []float64 {
	t.Helper()
	if x.DType() == dtypes.Float64 {
		flat, err := tensors.CopyFlatData[float64](x)
		if err != nil {
			t.Fatal(err)
		}
		return flat
	}
	single, err := tensors.CopyFlatData[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	flat := make([]float64, len(single))
	for i, v := range single {
		flat[i] = float64(v)
	}
	return flat
}

// Dense is a host copy of a tensor as a matrix; a vector or a scalar becomes one row, and leading axes beyond two are joined.
func Dense(t testing.TB, x *tensors.Tensor) *mat.Dense {
	t.Helper()
	flat, cols := Flat(t, x), 1
	if dims := x.Shape().Dimensions; len(dims) > 0 {
		cols = dims[len(dims)-1]
	}
	return mat.NewDense(len(flat)/cols, cols, flat)
}

// Set puts a value into a variable.
func Set(t testing.TB, v *gomlx.Variable, value *tensors.Tensor) {
	t.Helper()
	if err := v.SetValue(value); err != nil {
		t.Fatal(err)
	}
}

// Stacked is Z = [W; b], (h+1, d), or W alone.
func Stacked(w, b *mat.Dense) *mat.Dense {
	if b == nil {
		return w
	}
	var z mat.Dense
	z.Stack(w, b)
	return &z
}
