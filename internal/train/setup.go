// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"revgn/data"
	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/devices"
	"revgn/internal/optim"
	"revgn/internal/progress"
	"revgn/model"
)

// session is what a run works on.
type session struct {
	opts    config.Options
	ui      progress.Reporter
	backend *backend.Backend
	devices *devices.Group
	source  *data.Source
	vars    *model.Variables
	stepper gnstep.Stepper
	batch   int // B
	plans   ActivationPlan
	probes  *probing // nil for none
	// warnings are what was worth a warning before the first step.
	warnings []string
}

// NetworkConfig is the network that the options ask for on data of that many features (D) and classes (K).
func NetworkConfig(o config.Options, features, classes int) model.Config {
	dtype := dtypes.Float32
	if o.DType == config.F64 {
		dtype = dtypes.Float64
	}
	return model.Config{
		Width: features, Classes: classes, Blocks: o.Blocks, Hidden: o.Hidden,
		Activation: model.Activation(o.Activation), FirstActivation: model.Activation(o.FirstActivation),
		InitStd: o.InitStd, ProjGain: o.ProjGain, Bias: o.Bias, DType: dtype, Seed: o.Seed,
		Linearised: o.Linearised, OutputScale: o.OutputScale,
	}
}

// prepare loads the data, checks that a network of the options fits it, and only then opens the backend, so that a mistake costs no time.
func prepare(ctx context.Context, o config.Options, ui progress.Reporter) (*session, error) {
	s := &session{opts: o, ui: ui}
	if err := s.loadData(ctx); err != nil {
		return nil, err
	}
	// Only now: what the data do not allow at all needs no advice how to do it well.
	for _, warning := range o.Warnings() {
		s.warn(warning)
	}
	c := NetworkConfig(o, s.source.Train.D, s.source.Train.Classes)
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("data set %s: %w", s.source.Name, err)
	}
	if err := s.checkRank(c); err != nil {
		return nil, err
	}
	var err error
	if s.devices, err = devices.New(o.Devices, c); err != nil {
		return nil, err
	}
	if s.probes, err = planProbes(o, s.source, c); err != nil {
		return nil, err
	}
	s.backend, err = backend.Open(ctx, backend.Options{Name: o.Backend, Offline: o.Offline, Devices: o.Devices, Logf: ui.Note})
	if err != nil {
		return nil, err
	}
	if caught := backend.Catch(func() { err = s.build(ctx, c) }); caught != nil {
		err = caught
	}
	if err != nil {
		s.backend.Finalize()
		return nil, err
	}
	return s, nil
}

// warn tells a warning, once, and keeps it for the record.
func (s *session) warn(warning string) {
	s.ui.Note("warning: %s", warning)
	s.warnings = append(s.warnings, warning)
}

// build draws the weights and makes the step of the optimizer.
func (s *session) build(ctx context.Context, c model.Config) error {
	err := wait(s.ui, fmt.Sprintf("drawing %s initial weights", count(c.Trainable()+c.Frozen())), func() (err error) {
		s.vars, err = model.NewVariables(c)
		return err
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return wait(s.ui, "preparing the step", s.chooseStep)
}

// checkRank warns where steps can only be projections, and refuses where exact ones are required.
func (s *session) checkRank(c model.Config) error {
	if s.opts.Optimizer != config.GN {
		return nil
	}
	bound := c.RankBound(c.Couplings() - 1)
	if bound >= s.batch {
		s.warnNearSquare(c, bound)
		return nil
	}
	problem := fmt.Sprintf("the features of the top block have rank at most %d, below the batch of %d, so steps are projections and not exact "+
		"(use %s--batch-size %d or less)", bound, s.batch, s.widerHint(c), bound)
	if s.opts.RequireExact > 0 {
		return &OptionError{fmt.Errorf("require-exact: %s", problem)}
	}
	// Where the options alone decide it, their own warning has said so.
	if s.opts.FeatureRank() >= s.opts.Batch(s.opts.TrainSize) {
		s.warn(problem)
	}
	return nil
}

// warnNearSquare warns where the features barely outnumber the samples: a random square matrix is nearly singular.
func (s *session) warnNearSquare(c model.Config, bound int) {
	roomy := s.batch + s.batch/4
	if bound >= roomy || c.ActivationOf(c.Couplings()-1) == model.Identity {
		return
	}
	s.warn(fmt.Sprintf("the top block has %d features for %d samples, which leaves it nearly singular: expect steps that are long or not exact (use --hidden %d or more)",
		bound, s.batch, roomy))
}

// widerHint asks for a larger hidden size where that raises the rank: not in an identity block, whose rank the data bounds.
func (s *session) widerHint(c model.Config) string {
	if c.ActivationOf(c.Couplings()-1) == model.Identity {
		return "another activation, or "
	}
	return fmt.Sprintf("--hidden %d or more, or ", s.batch)
}

// stepOptions are the options of the Gauss-Newton step.
func stepOptions(o config.Options, shares []float64) gnstep.Options {
	inverse := gnstep.Split
	switch o.Inverse.Kind {
	case config.InverseMinNorm:
		inverse = gnstep.MinNorm
	case config.InverseMix:
		inverse = gnstep.Mix
	}
	o = o.WithLegacy()
	return gnstep.Options{
		Solver: gnstep.Solver(o.Solver), Rtol: o.Rtol, Atol: o.Atol,
		Loss: model.Loss(o.Loss), Smoothing: o.LabelSmoothing, Curvature: gnstep.Curvature(o.Curvature), Lambda: o.CurvatureDamping,
		Inverse: inverse, Tau: o.Inverse.Tau, Shares: shares, Carry: o.Carry,
		Damping: gnstep.Damping{Value: o.Damping.Value, Relative: o.Damping.Relative, Schedule: gnstep.Schedule(o.DampingSchedule)},
		Noise:   o.InverseNoise, Memory: gnstep.Memory(o.Memory.Kind), Beta: o.Memory.Beta, LineSearch: gnstep.LineSearch(o.LineSearch),
	}
}

// NewStepper makes the stepper that the options ask for, for the network of vars on the backend.
func NewStepper(b compute.Backend, vars *model.Variables, o config.Options) (gnstep.Stepper, error) {
	if o.Optimizer != config.GN {
		return optim.New(vars, optim.Options{
			Kind: optim.Kind(o.Optimizer), Loss: model.Loss(o.Loss), Smoothing: o.LabelSmoothing, Momentum: o.Momentum,
			Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, WeightDecay: o.WeightDecay, KFACDamping: o.KFACDamping,
		})
	}
	shares, err := o.Inverse.BlockWeights(o.Blocks)
	if err != nil {
		return nil, err
	}
	step, err := gnstep.New(b, vars, stepOptions(o, shares))
	if err != nil {
		return nil, err // a nil *Step would be a Stepper that is not nil
	}
	return step, nil
}

// chooseStep makes the stepper of the optimizer and decides how its steps are made.
func (s *session) chooseStep() (err error) {
	if s.stepper, err = NewStepper(s.backend.Backend, s.vars, s.opts); err != nil {
		return err
	}
	if s.plans, err = PlanActivations(s.opts, s.stepper, s.batch, s.backend.OnHost()); err != nil {
		return err
	}
	if warning := s.plans.warning(); warning != "" {
		s.warn(warning)
	}
	return nil
}

// stepping prepares the steps; one that is made block by block tells what it is at where that takes long.
func (s *session) stepping() (Stepping, error) {
	steps, err := NewStepping(s.backend, s.devices, s.vars, s.stepper, s.batch, s.plans.Staged)
	if staged, ok := steps.(*gnstep.Staged); ok {
		told := time.Now()
		staged.Progress = func(what string) {
			if now := time.Now(); now.Sub(told) > patience {
				told = now
				s.ui.Doing("step: " + what)
			}
		}
	}
	return steps, err
}
