// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"time"
)

// Duration is a span of wall-clock time, in text as 90s, 15m or 1h30m; 0 is none.
type Duration time.Duration

// String returns the text form.
func (d Duration) String() string {
	if d == 0 {
		return "0"
	}
	return time.Duration(d).String()
}

// durationValue is the pflag.Value of Duration.
type durationValue struct{ p *Duration }

func (v durationValue) String() string { return v.p.String() }
func (v durationValue) Type() string   { return "D" }

func (v durationValue) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return fmt.Errorf("got %q; want a duration such as 90s, 15m or 1h30m, 0 for none", s)
	}
	*v.p = Duration(d)
	return nil
}
