// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// Sketch is Θz of one kernel for a list of random vectors z, all that is kept of it. Numbers of a vector are by sample, and for a kernel of all logits by class
// within it.
type Sketch struct {
	seed             uint64
	samples, outputs int
	images           [][]float64 // Θz of every random vector, NK or N numbers
	ones             [][]float64 // Θ of the vector that is 1 for every sample of one class and 0 else, for each class; of a traced kernel Θ1
	labels           [][]float64 // centred one-hot labels y, class by class
	labelled         []float64   // Θy for y as a vector over samples and classes; nil for a traced kernel
}

func (r *Products) newSketch() *Sketch {
	s := &Sketch{seed: r.seed, samples: r.n, outputs: r.outputs(), labels: centredLabels(r.probe.Y, r.probe.Classes)}
	for range r.vectors {
		s.images = append(s.images, make([]float64, s.samples*s.outputs))
	}
	for range s.outputs {
		s.ones = append(s.ones, make([]float64, s.samples*s.outputs))
	}
	if r.full {
		s.labelled = make([]float64, s.samples*s.outputs)
	}
	return s
}

// vector is random vector i.
func (s *Sketch) vector(i int) []float64 { return signs(s.seed, uint64(i), s.samples*s.outputs) }

// draw is what Θ of all logits is multiplied with: values by sample and class, or by sample for one class alone; zero where values is nil.
type draw struct {
	values []float64
	class  int // -1: values has all of them
}

// draw is product number i. For a traced kernel each vector takes K of them, z⊗e_k for every class k, of whose image class k counts.
func (r *Products) draw(i int) draw {
	k := r.config.Classes
	switch {
	case i >= r.count():
		return draw{class: -1}
	case !r.full && i/k < r.vectors:
		return draw{signs(r.seed, uint64(i/k), r.n), i % k}
	case !r.full:
		return draw{filled(r.n), i % k}
	case i < r.vectors:
		return draw{signs(r.seed, uint64(i), r.n*k), -1}
	case i < r.vectors+k:
		return draw{filled(r.n), i - r.vectors}
	}
	return draw{bySample(centredLabels(r.probe.Y, k)), -1}
}

func filled(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// bySample is sample by sample, the classes of each together, what comes class by class.
func bySample(y [][]float64) []float64 {
	v := make([]float64, 0, len(y)*len(y[0]))
	for n := range y[0] {
		for _, class := range y {
			v = append(v, class[n])
		}
	}
	return v
}

// blockOf is a block's part of a draw, (b, K), zero for what fills the block up.
func (r *Products) blockOf(d draw, block int) *tensors.Tensor {
	k, n := r.config.Classes, r.length(block)
	values := make([]float64, n*k)
	switch from := block * r.rows; {
	case d.values == nil:
	case d.class < 0:
		copy(values, d.values[from*k:])
	default:
		for i := range n {
			values[i*k+d.class] = d.values[from+i]
		}
	}
	return r.tensor(values, r.rows, k)
}

// add puts a block (b, K) of product i where it belongs.
func (r *Products) add(s *Sketch, i, block int, t *tensors.Tensor) error {
	if i >= r.count() {
		return nil
	}
	if r.config.DType == dtypes.Float64 {
		return tensors.ConstFlatData(t, func(flat []float64) { addImage(r, s, i, block, flat) })
	}
	return tensors.ConstFlatData(t, func(flat []float32) { addImage(r, s, i, block, flat) })
}

func addImage[T float32 | float64](r *Products, s *Sketch, i, block int, flat []T) {
	k, n, from := r.config.Classes, r.length(block), block*r.rows
	all := append(s.images[:len(s.images):len(s.images)], s.ones...)
	if r.full {
		all = append(all, s.labelled)
		for j, v := range flat[:n*k] {
			all[i][from*k+j] = float64(v)
		}
		return
	}
	for j := range n {
		all[i/k][from+j] += float64(flat[j*k+i%k])
	}
}

// centred is HΘHz for random vector i, from Θz less what Θ makes of the means of z.
func (s *Sketch) centred(i int) []float64 {
	means := s.classMeans(s.vector(i))
	out := append([]float64(nil), s.images[i]...)
	for class, ones := range s.ones {
		subtract(out, ones, means[class])
	}
	for at, mean := range s.classMeans(out) {
		for n := range s.samples {
			out[n*s.outputs+at] -= mean
		}
	}
	return out
}

// classMeans are the means over samples, class by class.
func (s *Sketch) classMeans(v []float64) []float64 {
	means := make([]float64, s.outputs)
	for i, x := range v {
		means[i%s.outputs] += x / float64(s.samples)
	}
	return means
}
