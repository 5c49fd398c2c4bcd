// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"math"

	"revgn/analysis/sites"
)

// Kernel names what K is made of.
type Kernel string

// The kernels.
const (
	KernelLinear Kernel = "linear"
	KernelRBF    Kernel = "rbf"
)

// Options say what is compared, and how.
type Options struct {
	Kinds     []sites.Kind // of the sites
	Kernels   []Kernel
	RBFFactor float64 // s over the median distance
	Batch     int     // samples of a batch; 0: all at once up to AllAtOnce samples, AutoBatch of them above
}

// AllAtOnce is the number of samples above which they come in batches of about AutoBatch where Options.Batch is 0.
const (
	AllAtOnce = 4000
	AutoBatch = 500
)

// DefaultOptions look at every site but the input with both kernels.
func DefaultOptions() Options {
	return Options{
		Kinds:   []sites.Kind{sites.Stream, sites.Branch, sites.Features, sites.Logits},
		Kernels: []Kernel{KernelLinear, KernelRBF}, RBFFactor: 1,
	}
}

// Validate says what is wrong with the options, if anything is.
func (o Options) Validate() error {
	switch {
	case len(o.Kinds) == 0:
		return fmt.Errorf("sites: got none; want one or more of %v", sites.Kinds())
	case len(o.Kernels) == 0:
		return fmt.Errorf("kernel: got none; allowed: %s, %s", KernelLinear, KernelRBF)
	case !(o.RBFFactor > 0) || math.IsInf(o.RBFFactor, 0):
		return fmt.Errorf("rbf-factor: got %g; want a finite number above 0", o.RBFFactor)
	case o.Batch != 0 && o.Batch < leastSamples:
		return fmt.Errorf("batch: got %d; want 0 (chosen by the number of samples) or %d and more", o.Batch, leastSamples)
	}
	for _, k := range o.Kernels {
		if k != KernelLinear && k != KernelRBF {
			return fmt.Errorf("kernel: got %q; allowed: %s, %s", k, KernelLinear, KernelRBF)
		}
	}
	return nil
}

// Batches is how samples are cut: into Count batches of Size, sample i in batch i mod Count. Those left over, fewer than Count, are not used, because a batch of
// another size would be another compiled graph.
type Batches struct {
	Count int `json:"count"`
	Size  int `json:"size"`
}

// Batches is how n samples are cut.
func (o Options) Batches(n int) (Batches, error) {
	size := o.Batch
	if size == 0 && n > AllAtOnce {
		size = AutoBatch
	}
	b := Batches{1, n}
	if size > 0 && size < n {
		b.Count = (n + size - 1) / size
		b.Size = n / b.Count
	}
	if b.Size < leastSamples {
		return Batches{}, fmt.Errorf("CKA of %d samples in %d batches of %d: want batches of %d or more", n, b.Count, b.Size, leastSamples)
	}
	return b, nil
}
