// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// At returns the options that hold for the next step of a run that has made some: those after the switch where it is due.
func (o Options) At(made, perEpoch int) (Options, error) {
	if o.Switch.Epoch == 0 || made < o.Switch.Epoch*perEpoch {
		return o, nil
	}
	return o.After(o.Switch)
}

// legacyCut is the share of the largest singular value below which the released configuration drops the others.
const legacyCut = 1e-2

// WithLegacy returns the options with those of the released configuration where they say legacy, which fixes them whatever they say themselves.
func (o Options) WithLegacy() Options {
	if o.Legacy {
		o.Rtol, o.Carry, o.Solver = legacyCut, false, SolverSpectral
	}
	return o
}

// Alternative returns the options with others for the step, given as flags of train with spaces between, such as "--optimizer adam --lr 1e-3". Another
// optimizer comes with the rate, weight decay and momentum that the preset has for it. What is not of the step, or sets what it is to lower, is an error.
func (o Options) Alternative(flags string) (Options, error) {
	fs := pflag.NewFlagSet("step", pflag.ContinueOnError)
	var asked Options
	all := asked.flagSet()
	for _, name := range stepOptions() {
		fs.AddFlag(all.Lookup(name))
	}
	if err := fs.Parse(strings.Fields(flags)); err != nil {
		return o, fmt.Errorf("%w (want flags of train that change the step: %s)", err, strings.Join(stepOptions(), ", "))
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("got %q, which is no flag; want flags of train, such as \"--optimizer adam --lr 1e-3\"", fs.Arg(0))
	}
	o.Switch = Switch{}
	if fs.Changed("optimizer") && asked.Optimizer != o.Optimizer {
		var err error
		if o, err = o.After(Switch{To: asked.Optimizer}); err != nil {
			return o, err
		}
		o.RequireExact = 0
	}
	var given []setting
	fs.Visit(func(f *pflag.Flag) { given = append(given, setting{f.Name, f.Value.String(), "--" + f.Name}) })
	if err := o.lay(given); err != nil {
		return o, err
	}
	return o, o.Validate()
}

// StepName names a step in tables: the optimizer, of gn its inverse, and every other option of the step that is not as the preset has it, but for the rate.
func (o Options) StepName() (string, error) {
	usual, err := Preset(o.Preset, o.Optimizer)
	if err != nil {
		return "", err
	}
	parts := []string{string(o.Optimizer)}
	if o.Optimizer == GN {
		parts = append(parts, o.Inverse.String())
	}
	mine, theirs := o.flagSet(), usual.flagSet()
	for _, name := range readBy(o.Optimizer) {
		if value := mine.Lookup(name).Value.String(); name != "inverse" && value != theirs.Lookup(name).Value.String() {
			parts = append(parts, name+"="+value)
		}
	}
	return strings.Join(parts, " "), nil
}

// stepOptions are the options that say how a step is made, but not what it lowers.
func stepOptions() []string {
	names := []string{"optimizer", "lr"}
	for _, optimizer := range optimizers() {
		for _, name := range readBy(optimizer) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// readBy are the options, beside its rate, that an optimizer reads.
func readBy(optimizer Optimizer) []string {
	switch optimizer {
	case GN:
		return []string{"inverse", "carry", "curvature", "curvature-damping", "solver", "rtol", "atol", "damping", "damping-schedule", "line-search", "memory",
			"inverse-noise", "legacy"}
	case Adam, AdamW:
		return []string{"beta1", "beta2", "eps", "weight-decay"}
	case Momentum, Muon:
		return []string{"momentum", "weight-decay"}
	case KFAC:
		return []string{"kfac-damping"}
	}
	return []string{"weight-decay"}
}
