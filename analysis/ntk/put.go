// SPDX-License-Identifier: Apache-2.0

package ntk

import "github.com/gomlx/gomlx/core/tensors"

// put copies a tile graph's outputs into the kernel: the tile into its place, the parts into the couplings' shares. What lies below the diagonal of a tile on the
// diagonal becomes that above it, so that the kernel is symmetric to the last bit.
func put[T float32 | float64](k *Kernel, tiles *[][]T, row, col int, out []*tensors.Tensor) error {
	t := k.tileOf(row, col)
	err := tensors.ConstFlatData(out[0], func(parts []T) {
		total := addParts(&k.shares, k, t, parts)
		if len(out) == 1 {
			(*tiles)[t.index] = total
		}
	})
	if err == nil && len(out) > 1 {
		(*tiles)[t.index], err = tensors.CopyFlatData[T](out[1])
	}
	if err == nil && row == col {
		mirror(k, (*tiles)[t.index])
	}
	return err
}

// mirror makes a tile (K, b, K, b) on the diagonal symmetric.
func mirror[T float32 | float64](k *Kernel, values []T) {
	classes, b := k.Classes, k.rows
	for i := range classes {
		for n := range b {
			above := ((i*b+n)*classes + i) * b
			for m := range n {
				values[above+m] = values[((i*b+m)*classes+i)*b+n]
			}
			for j := range i {
				to := ((i*b+n)*classes + j) * b
				for m := range b {
					values[to+m] = values[((j*b+m)*classes+i)*b+n]
				}
			}
		}
	}
}
