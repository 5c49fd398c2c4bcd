// SPDX-License-Identifier: Apache-2.0

package npy

// fromFortran turns data whose first index runs fastest into C order.
func fromFortran(data any, shape []int) any {
	switch d := data.(type) {
	case []float32:
		return permute(d, shape)
	case []float64:
		return permute(d, shape)
	case []int32:
		return permute(d, shape)
	case []int64:
		return permute(d, shape)
	case []uint8:
		return permute(d, shape)
	}
	return data
}

func permute[T any](in []T, shape []int) []T {
	stride := make([]int, len(shape)) // of each index in Fortran order
	step := 1
	for i, s := range shape {
		stride[i] = step
		step *= s
	}
	out := make([]T, len(in))
	index := make([]int, len(shape))
	from := 0
	for i := range out {
		out[i] = in[from]
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			from += stride[k]
			if index[k] < shape[k] {
				break
			}
			from -= index[k] * stride[k]
			index[k] = 0
		}
	}
	return out
}
