// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/internal/devices"
	"revgn/model"
)

// Products computes Θz = J(Jᵀz) for random z of one network on one probe set, without any N x N array: Jᵀz is summed up over blocks of samples, and J goes over them
// once more. z are Rademacher vectors, a function of seed and number, the same for every checkpoint. So that products with the centred kernel cost nothing more,
// Θ times the vectors that are 1 for every sample of a class goes with them.
type Products struct {
	sizes
	probe   analysis.Probe
	vectors int
	seed    uint64
	group   int // vectors that go together
	plan    ProductsPlan

	pull, push *devices.Exec
}

// Blocks of samples and groups of products are no larger than this: larger ones are no faster, and a group is unrolled in its graph.
const (
	productRows  = 1000
	largestGroup = 4
)

// NewProducts prepares the products with that many random vectors, 2 or more. Options.Rows and Options.Kept mean what they do for NewExact.
func NewProducts(backend compute.Backend, vars *model.Variables, p analysis.Probe, vectors int, seed uint64, o Options) (*Products, error) {
	o, err := o.check(vars.Config, p)
	if err != nil {
		return nil, err
	}
	if vectors < 2 {
		return nil, fmt.Errorf("vectors: got %d; want 2 or more, since the error of an estimate comes from what they differ by", vectors)
	}
	rows := o.Rows
	if rows == 0 {
		rows = productRows
	}
	s := newSizes(vars.Config, o.Full, p.Len(), (p.Len()+rows-1)/rows)
	r := &Products{sizes: s, probe: p, vectors: vectors, seed: seed}
	for r.group = largestGroup; ; r.group-- {
		if r.plan = r.planned(o.Kept); r.plan.Memory() <= o.MemoryLimit {
			break
		}
		if r.group == 1 {
			return nil, fmt.Errorf("memory limit: got %s; products with the kernel of %d samples need %s (fewer probes or vectors need less)",
				size(o.MemoryLimit), s.n, size(r.plan.Memory()))
		}
	}
	if r.pull, err = o.Devices.NewExec(backend, vars.Store, r.pullGraph(vars)); err != nil {
		return nil, err
	}
	r.push, err = o.Devices.NewExec(backend, vars.Store, r.pushGraph(vars))
	return r, err
}

// Plan says what the products of a checkpoint take.
func (r *Products) Plan() ProductsPlan { return r.plan }

// Finalize frees the compiled graphs.
func (r *Products) Finalize() {
	r.pull.Finalize()
	r.push.Finalize()
}

// Apply makes the products with the kernel of the weights that the variables hold. progress, where not nil, is called after each group.
func (r *Products) Apply(ctx context.Context, progress func(done, of int)) (*Sketch, error) {
	s := r.newSketch()
	for from := 0; from < r.count(); from += r.group {
		if err := r.applyGroup(ctx, s, from); err != nil {
			return nil, fmt.Errorf("products with the tangent kernel: %w", err)
		}
		if progress != nil {
			progress(min(from+r.group, r.count()), r.count())
		}
	}
	return s, nil
}

// applyGroup makes the products from that number on; what lies beyond the last is zero.
func (r *Products) applyGroup(ctx context.Context, s *Sketch, from int) (err error) {
	draws := make([]draw, r.group)
	for v := range draws {
		draws[v] = r.draw(from + v)
	}
	var sums []*tensors.Tensor
	for range r.group {
		for _, shape := range r.deltaShapes() {
			sums = append(sums, tensors.FromShape(shape))
		}
	}
	defer func() { err = cmp.Or(err, devices.Free(sums...)) }()
	for block := range r.blocks {
		in := []*tensors.Tensor{r.samples(block)}
		for _, d := range draws {
			in = append(in, r.blockOf(d, block))
		}
		out, err := r.call(ctx, r.pull, in, sums)
		if err := cmp.Or(err, devices.Free(sums...)); err != nil {
			return err
		}
		sums = out
	}
	for block := range r.blocks {
		out, err := r.call(ctx, r.push, []*tensors.Tensor{r.samples(block)}, sums)
		if err != nil {
			return err
		}
		for v, t := range out {
			if err := r.add(s, from+v, block, t); err != nil {
				return err
			}
		}
		if err := devices.Free(out...); err != nil {
			return err
		}
	}
	return nil
}

// call runs a graph on inputs that are freed then and others that stay.
func (r *Products) call(ctx context.Context, exec *devices.Exec, own, others []*tensors.Tensor) ([]*tensors.Tensor, error) {
	err := ctx.Err()
	var out []*tensors.Tensor
	if err == nil {
		out, err = exec.Call(append(own[:len(own):len(own)], others...)...)
	}
	return out, cmp.Or(err, devices.Free(own...))
}

// samples are those of a block (b, D), filled up with zeros.
func (r *Products) samples(block int) *tensors.Tensor {
	return r.tensor(widened(r.probe.X[block*r.rows*r.probe.D:][:r.length(block)*r.probe.D]), r.rows, r.probe.D)
}
