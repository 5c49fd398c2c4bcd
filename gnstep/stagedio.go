// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/model"
)

// owned are the tensors that a run must free.
type owned struct{ set map[*tensors.Tensor]struct{} }

func (o *owned) own(t *tensors.Tensor) *tensors.Tensor {
	if o.set == nil {
		o.set = map[*tensors.Tensor]struct{}{}
	}
	o.set[t] = struct{}{}
	return t
}

// give leaves tensors to somebody else.
func (o *owned) give(list ...*tensors.Tensor) {
	for _, t := range list {
		delete(o.set, t)
	}
}

// drop frees tensors before the run ends.
func (o *owned) drop(list ...*tensors.Tensor) error {
	var errs []error
	for _, t := range list {
		if _, ok := o.set[t]; ok {
			delete(o.set, t)
			errs = append(errs, t.FinalizeAll())
		}
	}
	return errors.Join(errs...)
}

// release frees all that is left.
func (o *owned) release() error {
	var errs []error
	for t := range o.set {
		errs = append(errs, t.FinalizeAll())
	}
	o.set = nil
	return errors.Join(errs...)
}

func some(list ...*tensors.Tensor) []*tensors.Tensor { return list }

// call runs a stage for block l; its outputs are the run's.
func (r *stagedRun) call(of stage, l int, inputs ...[]*tensors.Tensor) ([]*tensors.Tensor, error) {
	r.tell(of, l)
	exec, err := r.exec(of)
	if err != nil {
		return nil, err
	}
	run := execute
	if r.dry {
		run = r.compile
	}
	out, err := run(exec, slices.Concat(inputs...))
	if err != nil {
		return nil, fmt.Errorf("%s of block %d: %w", of.what, l, err)
	}
	for _, t := range out {
		r.own(t)
	}
	return out, nil
}

func execute(exec *graph.Exec, inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := make([]any, len(inputs))
	for i, t := range inputs {
		args[i] = t
	}
	return exec.Call(args...)
}

// compile stands in for execute where graphs are only built: its outputs have the right shapes and are never computed.
func (r *stagedRun) compile(exec *graph.Exec, inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	of := make([]shapes.Shape, len(inputs))
	for i, t := range inputs {
		of[i] = t.Shape()
	}
	g, err := exec.Compile(of...)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(r.graphs, g) {
		r.graphs = append(r.graphs, g)
	}
	var out []*tensors.Tensor
	for _, shape := range g.Executable().Outputs() {
		out = append(out, tensors.FromShape(shape))
	}
	return out, nil
}

// numbers brings packed numbers to the host and frees them.
func (r *stagedRun) numbers(t *tensors.Tensor) ([]float64, error) {
	values, err := tensors.CopyFlatData[float64](t)
	if err != nil {
		return nil, err
	}
	return values, r.drop(t)
}

// share is the share of the target that block l is asked for, with what lies below it where it carries.
func (r *stagedRun) share(l int) *tensors.Tensor {
	share := r.step.opts.Shares[l]
	if r.step.opts.Carry {
		share = r.step.cumulative(l)
	}
	return r.own(scalar(r.step.vars.Config.DType, share))
}

// blockTensors are a block's tensors as they stand before a step.
type blockTensors struct {
	weights    []*tensors.Tensor // C, W and, where there is one, b of F, then of G
	factors    []*tensors.Tensor // Lᵀ and L⁻ᵀ of CCᵀ of F, then of G, where it is solved for through them
	changeable []*gomlx.Variable // W and b of F, then of G
}

// gather collects the tensors of every block, and the readout.
func (r *stagedRun) gather() (err error) {
	vars := r.step.vars
	value := func(v *gomlx.Variable) *tensors.Tensor {
		t, failed := v.Value()
		err = errors.Join(err, failed)
		return t
	}
	names := []string{".C", ".W"}
	if vars.Config.Bias {
		names = append(names, ".b")
	}
	r.blocks = make([]blockTensors, vars.Config.Blocks)
	for i := range vars.Config.Couplings() {
		b := &r.blocks[i/2]
		for _, name := range names {
			v := vars.Variable(model.CouplingName(i) + name)
			b.weights = append(b.weights, value(v))
			if name != ".C" {
				b.changeable = append(b.changeable, v)
			}
		}
		if formOf(vars.Config, i, r.batch) == identityForm {
			for _, name := range frozenNames {
				b.factors = append(b.factors, value(vars.Store.GetVariable(frozenPath(i, name))))
			}
		}
	}
	r.readout = value(vars.Variable(model.ReadoutName))
	return err
}
