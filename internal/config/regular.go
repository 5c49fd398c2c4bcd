// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"strings"
)

// Damping is Tikhonov's λ, absolute, or relative to the mean diagonal of the system it is added to. Its text forms are X and rel:X.
type Damping struct {
	Value    float64
	Relative bool
}

const (
	dampingForms   = "X|rel:X"
	relativePrefix = "rel:"
)

// ParseDamping reads the text form.
func ParseDamping(s string) (Damping, error) {
	number, relative := strings.CutPrefix(s, relativePrefix)
	x, err := parseFloat(number)
	if err != nil {
		return Damping{}, fmt.Errorf("got %q; want a number, or rel: and a number, such as 1e-3 or rel:1e-4", s)
	}
	if x < 0 {
		return Damping{}, fmt.Errorf("got %q; allowed: at least 0, such as 1e-3 or rel:1e-4", s)
	}
	return Damping{x, relative}, nil
}

// String returns the text form, which ParseDamping reads back bit by bit.
func (d Damping) String() string {
	if d.Relative {
		return relativePrefix + formatFloat(d.Value)
	}
	return formatFloat(d.Value)
}

// Schedule tells how the damping goes on from step to step.
type Schedule string

// The schedules: fixed keeps λ; lm is the rule of Levenberg and Marquardt, which also refuses steps that raise the loss.
const (
	ScheduleFixed Schedule = "fixed"
	ScheduleLM    Schedule = "lm"
)

func schedules() []Schedule { return []Schedule{ScheduleFixed, ScheduleLM} }

// LineSearch tells how far along its change a step goes.
type LineSearch string

// The line searches.
const (
	SearchNone   LineSearch = "none"
	SearchArmijo LineSearch = "armijo"
)

func lineSearches() []LineSearch { return []LineSearch{SearchNone, SearchArmijo} }

// The kinds of Memory.
const (
	MemoryNone      = "none"
	MemoryHeavyBall = "heavy-ball" // adds β times the last change
	MemorySpring    = "spring"     // keeps of it what the batch does not see
)

const memoryForms = "none|heavy-ball:BETA|spring:BETA"

// Memory tells what becomes of the last step's change in the next one.
type Memory struct {
	Kind string
	Beta float64 // from 0 to below 1
}

// ParseMemory reads the text form.
func ParseMemory(s string) (Memory, error) {
	kind, rest, given := strings.Cut(s, ":")
	switch {
	case kind == MemoryNone && !given:
		return Memory{Kind: kind}, nil
	case given && (kind == MemoryHeavyBall || kind == MemorySpring):
		beta, err := parseFloat(rest)
		if err != nil || !(beta >= 0 && beta < 1) {
			return Memory{}, fmt.Errorf("got %s; allowed: %s:BETA with BETA from 0 to below 1, such as 0.9", s, kind)
		}
		return Memory{kind, beta}, nil
	}
	return Memory{}, fmt.Errorf("got %q; allowed: %s", s, memoryForms)
}

// String returns the text form, which ParseMemory reads back bit by bit.
func (m Memory) String() string {
	if m.Kind == MemoryNone {
		return m.Kind
	}
	return m.Kind + ":" + formatFloat(m.Beta)
}

type dampingValue struct{ p *Damping }

func (v dampingValue) String() string { return v.p.String() }
func (v dampingValue) Type() string   { return dampingForms }
func (v dampingValue) Set(s string) error {
	d, err := ParseDamping(s)
	if err == nil {
		*v.p = d
	}
	return err
}

type memoryValue struct{ p *Memory }

func (v memoryValue) String() string { return v.p.String() }
func (v memoryValue) Type() string   { return memoryForms }
func (v memoryValue) Set(s string) error {
	m, err := ParseMemory(s)
	if err == nil {
		*v.p = m
	}
	return err
}

// checkRegular refuses regularisations that contradict each other.
func (o *Options) checkRegular() error {
	if _, err := ParseDamping(o.Damping.String()); err != nil {
		return named("damping", err)
	}
	if _, err := ParseMemory(o.Memory.String()); err != nil {
		return named("memory", err)
	}
	damped, lm := o.Damping.Value > 0, o.DampingSchedule == ScheduleLM
	switch {
	case lm && !damped:
		return errors.New("damping-schedule: got lm with damping 0; give the λ to start from, such as --damping rel:1e-3")
	case lm && o.LineSearch == SearchArmijo:
		return errors.New("line-search: got armijo with damping-schedule lm, which also decides whether a step is made; give one of the two")
	case damped && (o.Rtol > 0 || o.Atol > 0 || o.Solver == SolverSpectral):
		return errors.New("damping: got one together with a cut (rtol, atol or solver spectral); give one of the two")
	case o.Legacy && (damped || o.Memory.Kind != MemoryNone || o.InverseNoise > 0 || o.LineSearch != SearchNone):
		return errors.New("legacy: it is the released step as it is; leave out damping, memory, inverse-noise and line-search")
	}
	return nil
}
