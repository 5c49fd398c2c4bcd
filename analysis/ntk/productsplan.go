// SPDX-License-Identifier: Apache-2.0

package ntk

import "fmt"

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
