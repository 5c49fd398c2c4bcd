// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"revgn/internal/cluster"
)

// limitValue is the flag of a task's time.
type limitValue struct{ p *time.Duration }

func (v limitValue) Type() string { return "D" }

func (v limitValue) String() string {
	if *v.p == 0 {
		return "0"
	}
	return v.p.String()
}

func (v limitValue) Set(text string) error {
	d, err := cluster.ParseLimit(text)
	if err == nil {
		*v.p = d
	}
	return err
}
