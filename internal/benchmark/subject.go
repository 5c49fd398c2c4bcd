// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/devices"
	"revgn/internal/machine"
	"revgn/internal/train"
	"revgn/model"
)

// highestRate is the largest learning rate of a measured step. All steps of a measurement are made on one batch, and at the rates of training the last of
// them would meet another problem than the first, with other refinements.
const highestRate = 1e-3

// subject is a step ready to be made.
type subject struct {
	Case
	keys    []Key
	backend *backend.Backend
	vars    *model.Variables
	stepper gnstep.Stepper
	devices *devices.Group
	plan    train.ActivationPlan
	steps   train.Stepping
	inputs  Inputs
	batch   int
	rate    float64
	report  gnstep.Report // of the last step
	kernel  *kernel       // what is measured where it is no step; nil else

	prepared, compiled time.Duration
	memory             Memory
}

// newSubject draws the weights, makes the step and compiles it.
func (s *session) newSubject(ctx context.Context, c Case, atLeast int) (*subject, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := s.library.batch(ctx, c.Options, c.Width, atLeast)
	if err != nil {
		return nil, err
	}
	b, err := s.backend(ctx, c.Options)
	if err != nil {
		return nil, err
	}
	n := train.NetworkConfig(c.Options, in.Width, in.Classes)
	if err := n.Validate(); err != nil {
		return nil, err
	}
	sub := &subject{Case: c, backend: b, inputs: in, batch: len(in.Y)}
	sub.keys = c.keys(b.Kind, n, sub.batch)
	if err := s.build(sub, n); err != nil {
		sub.close()
		return nil, fmt.Errorf("%s: %w", words(sub.keys), err)
	}
	return sub, nil
}

// build is the part of newSubject that takes time.
func (s *session) build(sub *subject, n model.Config) (err error) {
	sub.rate = min(sub.Options.LR, highestRate)
	watch := machine.Watch()
	if !sub.Analysis.ofStep() {
		err := s.buildKernel(sub, n)
		sub.memory.Compile = watch.Usage()
		return err
	}
	start := s.now()
	s.ui.Doing("preparing the step")
	if sub.devices, err = devices.New(sub.Options.Devices, n); err != nil {
		return err
	}
	if sub.vars, err = model.NewVariables(n); err != nil {
		return err
	}
	if sub.stepper, err = train.NewStepper(sub.backend.Backend, sub.vars, sub.Options); err != nil {
		return err
	}
	if sub.plan, err = train.PlanActivations(sub.Options, sub.stepper, sub.batch, sub.backend.OnHost()); err != nil {
		return err
	}
	sub.prepared = s.now().Sub(start)

	start = s.now()
	s.ui.Doing("compiling the step for " + sub.backend.Kind)
	if sub.steps, err = train.NewStepping(sub.backend, sub.devices, sub.vars, sub.stepper, sub.batch, sub.plan.Staged); err != nil {
		return err
	}
	if err := sub.backend.Cache.Aside(sub.steps.Compile); err != nil {
		return err
	}
	sub.compiled = s.now().Sub(start)
	sub.memory.Compile = watch.Usage()
	sub.memory.Device = largest(sub.steps.Graphs())
	return nil
}

// warm makes the first steps, watches the memory that they need, and returns the seconds of the last one. The first one brings the weights to the device.
func (s *session) warm(sub *subject) (time.Duration, error) {
	watch := machine.Watch()
	var took time.Duration
	s.ui.Doing("warming up")
	for range warmSteps {
		start := s.now()
		if err := sub.step(); err != nil {
			return 0, err
		}
		took = s.now().Sub(start)
	}
	sub.memory.Step = watch.Usage()
	if sub.kernel == nil && !sub.report.Finite {
		s.ui.Note("warning: %s: the steps are not finite, so that they are not made and their time means little", words(sub.keys))
	}
	return took, nil
}

// step makes one step as training does, a batch from the host, new weights on the device, the report on the host; or what is measured in its place.
func (sub *subject) step() error {
	if sub.kernel != nil {
		return sub.kernel.compute()
	}
	sub.backend.KeepMemory(!sub.plan.Staged) // the other of a comparison may have said otherwise
	x, y := sub.upload()
	made, err := sub.steps.Make(x, y, sub.rate)
	if err != nil {
		return err
	}
	sub.report = made.Report
	return devices.Free(made.Logits, made.Change, x, y)
}

// largest is the account of the graph that needs most memory, nil where none is given.
func largest(graphs []*graph.Graph) *machine.Compiled {
	var most *machine.Compiled
	for _, g := range graphs {
		if account, ok := machine.CompiledMemory(g.Executable()); ok && (most == nil || account.Peak() > most.Peak()) {
			most = &account
		}
	}
	return most
}

// upload makes tensors of the batch.
func (sub *subject) upload() (x, y *tensors.Tensor) {
	y = tensors.FromFlatDataAndDimensions(slices.Clone(sub.inputs.Y), sub.batch)
	if sub.vars.Config.DType == dtypes.Float64 {
		double := make([]float64, len(sub.inputs.X))
		for i, v := range sub.inputs.X {
			double[i] = float64(v)
		}
		return tensors.FromFlatDataAndDimensions(double, sub.batch, sub.inputs.Width), y
	}
	return tensors.FromFlatDataAndDimensions(slices.Clone(sub.inputs.X), sub.batch, sub.inputs.Width), y
}

// close gives the memory of the step back.
func (sub *subject) close() {
	if sub.steps != nil {
		sub.steps.Finalize()
	}
	if sub.kernel != nil {
		sub.kernel.exact.Finalize()
	}
	if sub.vars != nil {
		sub.vars.Store.Finalize()
	}
}
