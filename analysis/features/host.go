// SPDX-License-Identifier: Apache-2.0

package features

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// toHost moves a matrix to the host in float64 and frees the tensor.
func toHost(t *tensors.Tensor) (*mat.Dense, error) {
	dims := t.Shape().Dimensions
	var values []float64
	switch t.DType() {
	case dtypes.Float64:
		double, err := tensors.CopyFlatData[float64](t)
		if err != nil {
			return nil, err
		}
		values = double
	case dtypes.Float32:
		single, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return nil, err
		}
		values = make([]float64, len(single))
		for i, v := range single {
			values[i] = float64(v)
		}
	default:
		return nil, fmt.Errorf("got a matrix of %s; want f32 or f64", t.DType())
	}
	rows := 1
	if len(dims) == 2 {
		rows = dims[0]
	}
	return mat.NewDense(rows, len(values)/rows, values), t.FinalizeAll()
}

// units are labels as unit rows (n, K).
func units(labels []int32, classes int) *mat.Dense {
	y := mat.NewDense(len(labels), classes, nil)
	for i, label := range labels {
		y.Set(i, int(label), 1)
	}
	return y
}

// rows is a[from:to] for a (n, k), without a copy.
func rows(a *mat.Dense, from, to int) *mat.Dense {
	_, cols := a.Dims()
	return a.Slice(from, to, 0, cols).(*mat.Dense)
}

// columnMeans are the means of the columns of a.
func columnMeans(a *mat.Dense) []float64 {
	n, cols := a.Dims()
	means := make([]float64, cols)
	for i := range n {
		for j, v := range a.RawRowView(i) {
			means[j] += v / float64(n)
		}
	}
	return means
}

// lessRow is a with a row taken off every row, a copy.
func lessRow(a *mat.Dense, row []float64) *mat.Dense {
	out := mat.DenseCopyOf(a)
	n, _ := out.Dims()
	for i := range n {
		for j := range out.RawRowView(i) {
			out.RawRowView(i)[j] -= row[j]
		}
	}
	return out
}

// lessRowMeans takes the mean of each row of a off it, in place.
func lessRowMeans(a *mat.Dense) *mat.Dense {
	n, cols := a.Dims()
	for i := range n {
		row := a.RawRowView(i)
		mean := floats.Sum(row) / float64(cols)
		for j := range row {
			row[j] -= mean
		}
	}
	return a
}
