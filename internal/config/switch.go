// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const switchForm = "EPOCH:OPTIMIZER"

// Switch changes the optimizer under way: after Epoch epochs the run goes on with To,
// at the learning rate and weight decay that the preset has for it. The zero value
// switches nothing.
type Switch struct {
	Epoch int
	To    Optimizer
}

// ParseSwitch reads EPOCH:OPTIMIZER; the empty text is no switch.
func ParseSwitch(s string) (Switch, error) {
	if s == "" {
		return Switch{}, nil
	}
	epoch, name, ok := strings.Cut(s, ":")
	if !ok {
		return Switch{}, fmt.Errorf("got %q; want %s, such as 50:adam", s, switchForm)
	}
	n, err := strconv.Atoi(epoch)
	if err != nil || n < 1 {
		return Switch{}, fmt.Errorf("got epoch %q in %q; want a whole number of epochs, 1 or more", epoch, s)
	}
	var to Optimizer
	if err := (enumValue[Optimizer]{p: &to, allowed: optimizers()}).Set(name); err != nil {
		return Switch{}, err
	}
	return Switch{n, to}, nil
}

// String returns the text form.
func (s Switch) String() string {
	if s.Epoch == 0 {
		return ""
	}
	return strconv.Itoa(s.Epoch) + ":" + string(s.To)
}

// switchValue is the pflag.Value of Switch.
type switchValue struct{ p *Switch }

func (v switchValue) String() string { return v.p.String() }
func (v switchValue) Type() string   { return switchForm }
func (v switchValue) Set(s string) error {
	parsed, err := ParseSwitch(s)
	if err == nil {
		*v.p = parsed
	}
	return err
}

// After returns the options that hold once the switch is made. A momentum that was given stays.
func (o Options) After(s Switch) (Options, error) {
	here, err := Preset(o.Preset, o.Optimizer)
	if err != nil {
		return o, err
	}
	there, err := Preset(o.Preset, s.To)
	if o.Momentum == here.Momentum {
		o.Momentum = there.Momentum
	}
	o.Optimizer, o.LR, o.WeightDecay = s.To, there.LR, there.WeightDecay
	return o, err
}

// checkSwitch refuses a switch that changes nothing or never comes.
func (o *Options) checkSwitch() error {
	switch {
	case o.Switch.Epoch == 0:
		return nil
	case o.Switch.To == o.Optimizer:
		return fmt.Errorf("switch: got %s, which is the optimizer already; name another", o.Switch)
	case o.Epochs > 0 && o.Switch.Epoch >= o.Epochs:
		return fmt.Errorf("switch: got epoch %d of %d; the switch must come before the end", o.Switch.Epoch, o.Epochs)
	case o.RequireExact > 0 && o.Switch.To != GN:
		return errors.New("require-exact: got a switch to an optimizer that has no certificate; leave out one of the two")
	}
	_, err := ParseSwitch(o.Switch.String())
	return named("switch", err)
}
