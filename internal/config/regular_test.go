// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"
)

func TestParseDamping(t *testing.T) {
	for text, want := range map[string]Damping{"0": {}, "1e-3": {0.001, false}, "rel:1e-4": {1e-4, true}, "rel:0": {0, true}} {
		if got, err := ParseDamping(text); err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "rel", "rel:", "abs:1", "-1", "rel:-1", "NaN", "Inf", "1e-3:rel", "relative:1"} {
		if got, err := ParseDamping(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestParseMemory(t *testing.T) {
	for text, want := range map[string]Memory{"none": {Kind: MemoryNone}, "heavy-ball:0.5": {MemoryHeavyBall, 0.5}, "spring:0": {MemorySpring, 0}} {
		got, err := ParseMemory(text)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
		if again, err := ParseMemory(got.String()); err != nil || again != got {
			t.Errorf("%q: written as %q, read back as %+v, %v", text, got.String(), again, err)
		}
	}
	for _, text := range []string{"", "none:0.5", "spring", "spring:", "spring:1", "spring:-0.1", "heavy-ball:NaN", "nesterov:0.9"} {
		if got, err := ParseMemory(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

// Regularisations that contradict each other are refused in one line that says what to leave out.
func TestRegularisationsThatContradict(t *testing.T) {
	for _, tt := range []struct {
		change func(o *Options)
		want   string
	}{
		{func(o *Options) { o.DampingSchedule = ScheduleLM }, "--damping rel:1e-3"},
		{func(o *Options) { o.Damping.Value, o.DampingSchedule, o.LineSearch = 1, ScheduleLM, SearchArmijo }, "line-search"},
		{func(o *Options) { o.Damping.Value, o.Rtol = 1, 0.1 }, "together with a cut"},
		{func(o *Options) { o.Legacy, o.Memory = true, Memory{MemorySpring, 0.9} }, "legacy"},
		{func(o *Options) { o.InverseNoise = -1 }, "inverse-noise"},
		{func(o *Options) { o.CurvatureDamping = 0 }, "curvature-damping"},
		{func(o *Options) { o.Memory = Memory{MemorySpring, 1} }, "memory"},
	} {
		o := Default()
		tt.change(&o)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want an error with %q", err, tt.want)
		}
	}
}
