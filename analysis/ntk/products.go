// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

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

// ProductsPlan says what the products of a checkpoint take, before they are made.
type ProductsPlan struct {
	Full    bool `json:"full"`
	Samples int  `json:"samples"`
	Classes int  `json:"classes"`
	Vectors int  `json:"vectors"`  // random ones
	Count   int  `json:"products"` // with Θ of all logits: K for every vector of a class-traced kernel
	Rows    int  `json:"rows"`     // samples in a block
	Group   int  `json:"group"`    // products that go together

	Network, Gradients, Work, Results int64 // bytes: of the network; of Jᵀz, twice over; of work; of the products on the host

	Operations float64 `json:"operations"`
}

// Memory is everything together, in bytes.
func (p ProductsPlan) Memory() int64 { return p.Network + p.Gradients + p.Work + p.Results }

// String is one line for people.
func (p ProductsPlan) String() string {
	what := "the class-traced kernel"
	if p.Full {
		what = "the kernel of all logits"
	}
	return fmt.Sprintf("%s of %d samples by %d random vectors: %.3g operations a checkpoint, %d products in blocks of %d samples, about %s of memory",
		what, p.Samples, p.Vectors, p.Operations, p.Count, p.Rows, size(p.Memory()))
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

// count is the number of products: the random vectors, those that are 1, and the labels; for a traced kernel, without the labels, each once for every class.
func (r *Products) count() int {
	if r.full {
		return r.vectors + r.config.Classes + 1
	}
	return (r.vectors + 1) * r.config.Classes
}

func (r *Products) planned(kept int) ProductsPlan {
	c := r.config
	b, d, h := float64(r.rows*r.blocks), float64(c.Half()), float64(c.Hidden)
	count := r.count()
	groups := (count + r.group - 1) / r.group
	p := ProductsPlan{Full: r.full, Samples: r.n, Classes: c.Classes, Vectors: r.vectors, Count: count, Rows: r.rows, Group: r.group, Network: r.weightBytes()}
	p.Gradients = 2 * int64(r.group) * int64(c.Trainable()) * r.width()
	p.Work = int64(r.rows) * int64(2*c.Couplings()+4*r.group) * int64(c.Hidden) * r.width()
	results := r.vectors + 1
	if r.full {
		results = r.vectors + c.Classes + 1
	}
	p.Results = 8 * int64(kept) * int64(results) * int64(r.n*r.outputs())
	for i := range r.constant {
		forward, each := 4*b*d*h, 12*b*d*h // features; adjoint, Φᵀg, tangent, ΦΔ
		if r.identity(i) {
			forward, each = 2*d*d*h+2*b*d*d, float64(r.blocks)*4*d*d*h+8*b*d*d
		}
		p.Operations += float64(2*groups)*forward + float64(groups*r.group)*each
	}
	return p
}

// deltaShapes are those of what a Delta of every coupling is made of.
func (r *Products) deltaShapes() []shapes.Shape {
	var list []shapes.Shape
	for range r.constant {
		list = append(list, shapes.Make(r.config.DType, r.config.Hidden, r.config.Half()))
		if r.config.Bias {
			list = append(list, shapes.Make(r.config.DType, r.config.Half()))
		}
	}
	return list
}

// flatten lists the parts of deltas in the order of deltaShapes, and deltasOf undoes it.
func flatten(deltas []model.Delta) []*graph.Node {
	var list []*graph.Node
	for _, d := range deltas {
		list = append(list, d.W)
		if d.Bias != nil {
			list = append(list, d.Bias)
		}
	}
	return list
}

func (r *Products) deltasOf(nodes []*graph.Node) []model.Delta {
	var deltas []model.Delta
	for range r.constant {
		d := model.Delta{W: nodes[0]}
		if nodes = nodes[1:]; r.config.Bias {
			d.Bias, nodes = nodes[0], nodes[1:]
		}
		deltas = append(deltas, d)
	}
	return deltas
}

// pullGraph adds a block's part to Jᵀz of a group: of x (b, D), z (b, K) of each, and the sums so far. Samples that only fill the block up have z = 0.
func (r *Products) pullGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		var pulled []*graph.Node
		for v := range r.group {
			_, deltas := trace.Adjoint(in[1+v])
			pulled = append(pulled, flatten(deltas)...)
		}
		for i, before := range in[1+r.group:] {
			pulled[i] = graph.Add(pulled[i], before)
		}
		return pulled
	}
}

// pushGraph is J times the changes of the weights of a group, (b, K) each, of x (b, D) and the changes.
func (r *Products) pushGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		net := vars.Network(in[0].Graph())
		trace := net.At(in[0])
		each := len(in[1:]) / r.group
		var out []*graph.Node
		for v := range r.group {
			out = append(out, net.Readout(trace.Tangent(nil, r.deltasOf(in[1+v*each:1+(v+1)*each]))))
		}
		return out
	}
}

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
	defer func() { err = firstError(err, free(sums...)) }()
	for block := range r.blocks {
		in := []*tensors.Tensor{r.samples(block)}
		for _, d := range draws {
			in = append(in, r.blockOf(d, block))
		}
		out, err := r.call(ctx, r.pull, in, sums)
		if err := firstError(err, free(sums...)); err != nil {
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
		if err := free(out...); err != nil {
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
	return out, firstError(err, free(own...))
}

// samples are those of a block (b, D), filled up with zeros.
func (r *Products) samples(block int) *tensors.Tensor {
	return r.tensor(widened(r.probe.X[block*r.rows*r.probe.D:][:r.length(block)*r.probe.D]), r.rows, r.probe.D)
}

// tensor is a tensor of the dtype with the values, and zeros where they end before the shape does.
func (s sizes) tensor(values []float64, dims ...int) *tensors.Tensor {
	total := 1
	for _, d := range dims {
		total *= d
	}
	if s.config.DType == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(append(values[:len(values):len(values)], make([]float64, total-len(values))...), dims...)
	}
	flat := make([]float32, total)
	for i, v := range values {
		flat[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(flat, dims...)
}
