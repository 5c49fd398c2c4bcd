// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"fmt"
	"math"
)

// Array is one named array in C order (the last index runs fastest).
type Array struct {
	Name  string
	Shape []int // empty: a scalar, one element
	Data  any   // []float32, []float64, []int32, []int64 or []uint8
}

// Find returns the array of that name.
func Find(arrays []Array, name string) (Array, bool) {
	for _, a := range arrays {
		if a.Name == name {
			return a, true
		}
	}
	return Array{}, false
}

// elementType ties a Go slice type to NumPy's name of its element type.
type elementType struct {
	descr string // as NumPy writes it, "<f4"
	size  int    // bytes an element
}

// typeOf returns the element type and the number of elements of data.
func typeOf(data any) (elementType, int, error) {
	switch d := data.(type) {
	case []float32:
		return elementType{"<f4", 4}, len(d), nil
	case []float64:
		return elementType{"<f8", 8}, len(d), nil
	case []int32:
		return elementType{"<i4", 4}, len(d), nil
	case []int64:
		return elementType{"<i8", 8}, len(d), nil
	case []uint8:
		return elementType{"|u1", 1}, len(d), nil
	}
	return elementType{}, 0, fmt.Errorf("element type %T, want []float32, []float64, []int32, []int64 or []uint8", data)
}

// typeNamed returns the element type that a header's descr names.
func typeNamed(descr string) (elementType, error) {
	switch descr {
	case "<f4", "<f8", "<i4", "<i8":
		return elementType{descr, int(descr[2] - '0')}, nil
	case "|u1", "<u1", "|b1", "<b1":
		return elementType{"|u1", 1}, nil
	}
	return elementType{}, fmt.Errorf("descr %q, want '<f4', '<f8', '<i4', '<i8', '|u1' or '|b1' (convert with numpy's astype)", descr)
}

// makeData returns an empty slice of the type with room for capacity elements.
func (t elementType) makeData(capacity int) any {
	switch t.descr {
	case "<f4":
		return make([]float32, 0, capacity)
	case "<f8":
		return make([]float64, 0, capacity)
	case "<i4":
		return make([]int32, 0, capacity)
	case "<i8":
		return make([]int64, 0, capacity)
	}
	return make([]uint8, 0, capacity)
}

// elements returns the number of elements of a shape, or an error where a
// dimension is negative, there are more than 32, or the product overflows.
func elements(shape []int) (int, error) {
	const maxDims = 32 // NumPy 1.x's own limit
	if len(shape) > maxDims {
		return 0, fmt.Errorf("%d dimensions, want at most %d", len(shape), maxDims)
	}
	n := 1
	for _, s := range shape {
		if s < 0 {
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		}
		if s > 0 && n > math.MaxInt/16/s {
			return 0, fmt.Errorf("shape %v is too large", shape)
		}
		n *= s
	}
	return n, nil
}
