// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"strconv"
)

// Sweep is runs of `revgn train` as data: options of one value each, and axes that are crossed.
type Sweep struct {
	Fixed []Option `json:"fixed" yaml:"fixed"`
	Axes  []Axis   `json:"axes" yaml:"axes"`
}

// Axis is an option with its values.
type Axis struct {
	Name   string   `json:"name" yaml:"name"`
	Values []string `json:"values" yaml:"values"`
}

// Tuning is the sweep that the search for the rate of an arm begins with, false where nothing is to choose.
func Tuning(a Arm, s Setting, scale Scale) (Sweep, bool) {
	if len(a.Rate.Grid) == 0 {
		return Sweep{}, false
	}
	return Sweep{a.options(s), []Axis{rates(scale.rates(a.Rate.Grid)), seeds(scale.TuningSeeds()[:1])}}, true
}

// Judged is the sweep of the runs that verdicts are about, at a rate, or at the preset's where it is 0.
func Judged(a Arm, s Setting, scale Scale, rate float64) (Sweep, error) {
	w := Sweep{a.options(s), []Axis{seeds(scale.Seeds())}}
	switch chosen := len(a.Rate.Grid) > 0 || a.Rate.As != ""; {
	case chosen && !(rate > 0):
		return w, fmt.Errorf("arm %s: got rate %g, want the one that was chosen", a.Name, rate)
	case !chosen && rate != 0:
		return w, fmt.Errorf("arm %s: got rate %g, but it has the preset's", a.Name, rate)
	case chosen:
		w.Fixed = append(w.Fixed, Option{"lr", strconv.FormatFloat(rate, 'g', -1, 64)})
	}
	return w, nil
}

func rates(values []float64) Axis {
	a := Axis{Name: "lr"}
	for _, v := range values {
		a.Values = append(a.Values, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return a
}

func seeds(values []uint64) Axis {
	a := Axis{Name: "seed"}
	for _, v := range values {
		a.Values = append(a.Values, strconv.FormatUint(v, 10))
	}
	return a
}

// At is a tuning sweep with other learning rates and seeds.
func (w Sweep) At(values []float64, of []uint64) Sweep {
	return Sweep{w.Fixed, []Axis{rates(values), seeds(of)}}
}

// Grid are the rates that an arm's search begins with.
func (s Scale) Grid(a Arm) []float64 { return s.rates(a.Rate.Grid) }
