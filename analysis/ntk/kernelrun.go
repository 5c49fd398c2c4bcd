// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"cmp"
	"context"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/internal/devices"
)

// kernelRun is one kernel under way.
type kernelRun struct {
	*Exact
	ctx      context.Context
	progress func(done, tiles int)
	products []*tensors.Tensor // CW of the identity couplings
	kernel   *Kernel
	done     int
}

// heldBlock is what is kept of a block of samples on the device.
type heldBlock struct {
	index       int
	valid       *tensors.Tensor // (b)
	left, right []*tensors.Tensor
	delta       []*tensors.Tensor
}

func (h *heldBlock) free() error {
	if h == nil {
		return nil
	}
	list := append([]*tensors.Tensor{h.valid}, h.left...)
	for c, right := range h.right {
		if right != h.left[c] {
			list = append(list, right)
		}
	}
	return devices.Free(append(list, h.delta...)...)
}

// all goes through the tiles: as many blocks as there is room for are held, and paired with each other and with those after them.
func (r *kernelRun) all() error {
	if err := r.prepare(); err != nil {
		return err
	}
	for from := 0; from < r.blocks; from += r.plan.Held {
		if err := r.panel(from, min(from+r.plan.Held, r.blocks)); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes what blocks have in common.
func (r *kernelRun) prepare() (err error) {
	if r.identities() == 0 {
		return nil
	}
	nothing := r.tensor(nil)
	if r.frozen == nil {
		r.frozen, err = r.frozenExec.Call(nothing)
	}
	if err == nil && !r.apart {
		r.products, err = r.productExec.Call(nothing)
	}
	return cmp.Or(err, devices.Free(nothing))
}

// panel holds the blocks from (inclusive) to to (exclusive), and does the tiles in whose row they are.
func (r *kernelRun) panel(from, to int) (err error) {
	var held []*heldBlock
	defer func() {
		for _, h := range held {
			err = cmp.Or(err, h.free())
		}
	}()
	for i := from; i < to; i++ {
		block, err := r.block(i)
		if err != nil {
			return err
		}
		held = append(held, block)
		if err := r.column(held, block); err != nil {
			return err
		}
	}
	for i := to; i < r.blocks; i++ {
		block, err := r.block(i)
		if err != nil {
			return err
		}
		if err := cmp.Or(r.column(held, block), block.free()); err != nil {
			return err
		}
	}
	return nil
}

// column does the tiles of the rows that are held with one block as columns.
func (r *kernelRun) column(rows []*heldBlock, cols *heldBlock) error {
	for _, row := range rows {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := r.tile(row, cols); err != nil {
			return err
		}
		r.done++
		if r.progress != nil {
			r.progress(r.done, r.tiles())
		}
	}
	return nil
}

// block computes what is kept of a block of samples.
func (r *kernelRun) block(index int) (*heldBlock, error) {
	n := r.length(index)
	values := r.probe.X[index*r.rows*r.probe.D:][:n*r.probe.D]
	x := r.tensor(widened(values), r.rows, r.probe.D)
	out, err := r.blockExec.Call(append(append([]*tensors.Tensor{x}, r.frozen...), r.products...)...)
	if err := cmp.Or(err, devices.Free(x)); err != nil {
		return nil, err
	}
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	h := &heldBlock{index: index, valid: r.tensor(ones, r.rows)}
	for c := range r.constant {
		left, right := out[0], out[0]
		if r.identity(c) {
			right, out = out[1], out[1:]
		}
		h.left, h.right, h.delta = append(h.left, left), append(h.right, right), append(h.delta, out[1])
		out = out[2:]
	}
	return h, nil
}

// tile computes one tile and puts it into the kernel.
func (r *kernelRun) tile(row, col *heldBlock) error {
	in := []*tensors.Tensor{row.valid, col.valid}
	for c := range r.constant {
		in = append(in, row.left[c], col.right[c], row.delta[c], col.delta[c])
	}
	out, err := r.tileExec.Call(in...)
	if err != nil {
		return err
	}
	if r.config.DType == dtypes.Float64 {
		err = put(r.kernel, &r.kernel.double, row.index, col.index, out)
	} else {
		err = put(r.kernel, &r.kernel.single, row.index, col.index, out)
	}
	return cmp.Or(err, devices.Free(out...))
}

func widened(values []float32) []float64 {
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide
}
