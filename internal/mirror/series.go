// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"revgn/internal/record"
)

// point is what one line holds, under the names that readers see.
type point struct {
	step       int
	scalars    []scalar
	histograms []histogram
	texts      []text
}

type scalar struct {
	name  string
	value float64
}

type histogram struct {
	name   string
	counts *record.LogCounts
	// least and most are the decimal logarithms of the smallest and the largest number counted.
	least, most float64
}

type text struct{ name, body string }

// pointOf names what a line holds.
func pointOf(l record.Line) point {
	switch {
	case l.Step != nil:
		return stepPoint(l.Step)
	case l.Eval != nil:
		p := point{step: l.Eval.Step}
		p.add("eval/"+l.Eval.Split, reflect.ValueOf(*l.Eval), "step", "epoch", "samples")
		return p
	case l.Probe != nil:
		return probePoint(l.Probe)
	case l.Event != nil:
		e := l.Event
		return point{step: e.Step, texts: []text{{"event/" + e.Event, fmt.Sprintf("step %d: %s", e.Step, e.Message)}}}
	}
	return point{}
}

func stepPoint(s *record.StepRecord) point {
	p := point{step: s.Step}
	p.add("step", reflect.ValueOf(*s), "step")
	for i, v := range p.scalars {
		if name := strings.TrimPrefix(v.name, "step/"); slices.Contains([]string{"loss", "loss_after", "acc"}, name) {
			p.scalars[i].name = "train/" + name
		}
	}
	if s.GaussNewton != nil {
		for _, c := range s.Couplings {
			p.add("coupling/"+c.Name, reflect.ValueOf(c))
		}
	}
	return p
}

func probePoint(r *record.ProbeRecord) point {
	p := point{step: r.Step}
	p.add("probe", reflect.ValueOf(*r), "step", "epoch")
	for _, c := range r.Couplings {
		p.add("probe/"+c.Name, reflect.ValueOf(c))
		if c.Log10 != nil {
			p.histograms = append(p.histograms, histogram{"log10_sigma/" + c.Name, c.Log10, math.Log10(float64(c.SigmaMin)), math.Log10(float64(c.SigmaMax))})
		}
	}
	return p
}

// add takes the numbers of a record under their names in JSON, but for those left out. It goes by type, so that a field added to a record cannot be forgotten.
func (p *point) add(prefix string, v reflect.Value, except ...string) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if field.Anonymous {
			if value.Kind() == reflect.Pointer && !value.IsNil() {
				p.add(prefix, value.Elem(), except...)
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if number, ok := numberOf(value); ok && !slices.Contains(except, name) {
			p.scalars = append(p.scalars, scalar{prefix + "/" + name, number})
		}
	}
}

// numberOf is false for what is no number or absent.
func numberOf(v reflect.Value) (float64, bool) {
	switch x := v.Interface().(type) {
	case record.Number:
		return finiteOrNaN(float64(x)), true
	case record.Optional:
		return finiteOrNaN(float64(x.Value)), x.Set
	case float64:
		return finiteOrNaN(x), true
	case int:
		return float64(x), true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// finiteOrNaN is what a number is after metrics.jsonl, where infinity is null too.
func finiteOrNaN(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}
