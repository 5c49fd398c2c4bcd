// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/model"
)

// observation is all that the backend computed for one problem in one dtype, on the host in float64.
type observation struct {
	*network
	along  directions
	values map[string]*mat.Dense // results of the model's graph at the start

	adjoint, gradient, autodiff []*mat.Dense // changes of weights among them, a coupling each

	report    gnstep.Report
	dZ        []*mat.Dense  // ΔZ as the step wrote it
	moved     [2]*mat.Dense // logits after steps of 2α and α, α = linearAlpha
	drawn     int           // weights that the backend has otherwise than the host, or that the dtypes have otherwise
	atZero    int           // weights that a step of α = 0 changed
	notFinite int           // weights that a step on inputs that are not finite changed, and steps that then claimed to be finite
	accepted  int           // invalid block weights that were accepted, and valid ones that were not
}

// observe runs a problem on the backend. A panic while a graph is built is an error.
func observe(b *backend.Backend, n *network) (o *observation, err error) {
	if caught := backend.Catch(func() { o, err = observeAll(b, n) }); caught != nil {
		return nil, caught
	}
	return o, err
}

func observeAll(b *backend.Backend, n *network) (*observation, error) {
	o := &observation{network: n, along: n.directions()}
	functions, err := newModelGraph(b.Backend, n, o.along)
	if err != nil {
		return nil, err
	}
	defer functions.exec.Finalize()
	if o.values, err = functions.call(); err != nil {
		return nil, fmt.Errorf("the model's functions: %w", err)
	}
	couplings := n.net.Couplings()
	o.adjoint, o.gradient, o.autodiff = deltas(o.values, "adjoint", couplings), deltas(o.values, "gradient", couplings), deltas(o.values, "autodiff", couplings)
	if o.drawn, err = n.redrawn(o.values); err != nil {
		return nil, err
	}
	step, err := newStepGraph(b.Backend, n)
	if err != nil {
		return nil, err
	}
	defer step.exec.Finalize()
	if err := o.observeStep(step, functions); err != nil {
		return nil, fmt.Errorf("the step: %w", err)
	}
	o.accepted = o.misjudgedShares(b)
	return o, nil
}

// observeStep runs the step with every α and input that the checks need.
func (o *observation) observeStep(s *stepGraph, functions *modelGraph) error {
	report, after, err := s.run(o.x, wholeChange)
	if err != nil {
		return err
	}
	o.report, o.dZ = report, o.change(after, wholeChange)
	if _, after, err = s.run(o.x, 0); err != nil {
		return err
	}
	o.atZero = o.changed(after)
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		x := mat.DenseCopyOf(o.x)
		x.Set(1, 1, bad)
		if report, after, err = s.run(x, 1); err != nil {
			return err
		}
		o.notFinite += o.changed(after)
		if report.Finite {
			o.notFinite++
		}
	}
	for i, factor := range []float64{2, 1} {
		if _, _, err = s.run(o.x, factor*linearAlpha(o.dtype)); err != nil {
			return err
		}
		values, err := functions.call()
		if err != nil {
			return err
		}
		o.moved[i] = values["logits"]
	}
	return nil
}

// misjudgedShares counts the block weights that gnstep.New judges wrongly.
func (o *observation) misjudgedShares(b *backend.Backend) int {
	blocks, count := o.problem.Blocks, 0
	judge := func(valid bool, w []float64) {
		_, err := gnstep.New(b.Backend, o.vars, gnstep.Options{Loss: o.problem.Loss, Shares: w})
		if (err == nil) != valid {
			count++
		}
	}
	judge(true, gnstep.EqualShares(blocks))
	judge(true, gnstep.FirstShare(blocks))
	judge(true, gnstep.LastShare(blocks))
	judge(false, gnstep.EqualShares(blocks+1))
	for _, bad := range []float64{math.NaN(), math.Inf(1), -0.5, 0.999} {
		w := gnstep.FirstShare(blocks)
		w[0] = bad
		judge(false, w)
	}
	negative := append(gnstep.FirstShare(blocks), 0)[:blocks]
	if blocks > 1 {
		negative[0], negative[1] = 1.5, -0.5
		judge(false, negative)
	}
	return count
}

// redrawn counts the weights that the backend returns with other bits than it was given, and those whose draw is not the Float64 draw rounded to the dtype.
func (n *network) redrawn(values map[string]*mat.Dense) (int, error) {
	wide := n.problem.Config(dtypes.Float64)
	count := 0
	for name, from := range n.start {
		count += differing(from.flat, values["weight."+name].RawMatrix().Data)
		if len(from.dims) == 1 {
			continue // drawn here, see draw
		}
		t, err := wide.InitialValue(name)
		if err != nil {
			return 0, err
		}
		draw, err := fetch(t)
		if err != nil {
			return 0, err
		}
		for i, v := range draw.flat {
			draw.flat[i] = n.round(v)
		}
		count += differing(from.flat, draw.flat)
	}
	return count, nil
}

// differing counts the entries with different bits.
func differing(a, b []float64) int {
	if len(a) != len(b) {
		return max(len(a), len(b))
	}
	count := 0
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			count++
		}
	}
	return count
}

// names of the couplings in the order of gnstep.Report.
func (o *observation) solved(i int) (gnstep.CouplingNumbers, bool) {
	for _, c := range o.report.Couplings {
		if c.Name == model.CouplingName(i) {
			return c, true
		}
	}
	return gnstep.CouplingNumbers{}, false
}
