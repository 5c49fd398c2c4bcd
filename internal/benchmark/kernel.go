// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/analysis"
	"revgn/analysis/ntk"
	"revgn/internal/devices"
	"revgn/model"
)

// Analysis names what is measured in place of a step.
type Analysis string

// The analyses that are measured. NTK is the class-traced tangent kernel of a batch, FullNTK that of every pair of logits.
const (
	NoAnalysis Analysis = "none"
	NTK        Analysis = "ntk"
	FullNTK    Analysis = "ntk-full"
)

// Analyses lists what Case.Analysis may be.
func Analyses() []Analysis { return []Analysis{NoAnalysis, NTK, FullNTK} }

// kernel is a tangent kernel in the place of a step.
type kernel struct {
	exact *ntk.Exact
	trace float64 // of the last one
}

// ofStep tells whether a step is measured.
func (a Analysis) ofStep() bool { return a == "" || a == NoAnalysis }

// buildKernel draws the weights and compiles the kernel's graphs.
func (s *session) buildKernel(sub *subject, n model.Config) (err error) {
	start := s.now()
	if sub.devices, err = devices.New(sub.Options.Devices, n); err != nil {
		return err
	}
	if sub.vars, err = model.NewVariables(n); err != nil {
		return err
	}
	probe, err := analysis.NewProbe(sub.Options.Dataset, "train", sub.inputs.X, sub.inputs.Y, sub.inputs.Classes)
	if err != nil {
		return err
	}
	exact, err := ntk.NewExact(sub.backend.Backend, sub.vars, probe, ntk.Options{
		Full: sub.Analysis == FullNTK, MemoryLimit: sub.Options.MemoryLimit, Devices: sub.devices,
	})
	if err != nil {
		return err
	}
	sub.kernel = &kernel{exact: exact}
	sub.prepared = s.now().Sub(start)
	s.ui.Note("%s", exact.Plan())

	start = s.now()
	s.ui.Doing("compiling the kernel for " + sub.backend.Kind)
	var graphs []*graph.Graph
	err = sub.backend.Cache.Aside(func() error {
		var err error
		graphs, err = exact.Compile()
		return err
	})
	sub.compiled = s.now().Sub(start)
	sub.memory.Device = largest(graphs)
	return err
}

// compute makes one kernel as an analysis does: samples from the host, the kernel on the host.
func (k *kernel) compute() error {
	got, err := k.exact.Kernel(context.Background(), nil)
	if err == nil {
		k.trace = got.Trace()
	}
	return err
}

// finite tells whether the last kernel's diagonal is.
func (k *kernel) finite() bool { return !math.IsNaN(k.trace) && !math.IsInf(k.trace, 0) }

// operations are those that are made, by what they are for, and those of the equation.
func (k *kernel) operations() (total float64, of map[string]float64, plain float64) {
	p := k.exact.Plan()
	o := p.Operations
	return o.Total(), map[string]float64{"forward": o.Forward, "adjoints": o.Adjoints, "gram": o.Grams, "contract": o.Contract}, p.Plain
}

// keysOfKernel are what a kernel is called by, in place of what tells steps apart.
func (c Case) keysOfKernel(kind string, n model.Config, batch int) []Key {
	c.Analysis = NoAnalysis
	keys := c.keys(kind, n, batch)
	from := slices.IndexFunc(keys, func(k Key) bool { return k.Name == "dtype" })
	return keys[from:]
}
