// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"fmt"
	"slices"

	"revgn/internal/claims"
	"revgn/internal/sweep"
)

// Planned is a run with what decides it inside its cell.
type Planned struct {
	Run  sweep.Run
	Rate float64 // 0: the preset's
	Seed uint64
}

// library keeps the runs of cells: to resolve their options takes longer than to look how they stand.
type library struct {
	study Study
	made  map[string][]Planned
}

// tuning are runs by which the rate of a cell is chosen, one for each of rates and seeds.
func (l *library) tuning(c Cell, rates []float64, seeds []uint64) ([]Planned, error) {
	w, _ := claims.Tuning(c.Arm, c.Setting, l.study.Scale)
	return l.runs(c, w.At(rates, seeds), rates, seeds)
}

// judged are the runs that verdicts are about.
func (l *library) judged(c Cell, rate float64) ([]Planned, error) {
	w, err := claims.Judged(c.Arm, c.Setting, l.study.Scale, rate)
	if err != nil {
		return nil, err
	}
	return l.runs(c, w, []float64{rate}, l.study.Scale.Seeds())
}

// runs are those of a sweep whose rates and seeds are crossed in this order.
func (l *library) runs(c Cell, w claims.Sweep, rates []float64, seeds []uint64) ([]Planned, error) {
	key := fmt.Sprint(c.Task, w)
	if made, ok := l.made[key]; ok {
		return made, nil
	}
	runs, err := expand(w, l.study.Extra)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c, err)
	}
	if len(runs) != len(rates)*len(seeds) {
		return nil, fmt.Errorf("%s: %d runs, want %d rates times %d seeds", c, len(runs), len(rates), len(seeds))
	}
	var planned []Planned
	for i, run := range runs {
		p := Planned{Run: run, Rate: rates[i/len(seeds)], Seed: seeds[i%len(seeds)]}
		p.Run.Name = fmt.Sprintf("%s-lr%s-seed%d-%s", c.Arm.Name, sweep.Short(run.Options.Value("lr")), p.Seed, run.ID)
		planned = append(planned, p)
	}
	l.made[key] = planned
	return planned, nil
}

// expand resolves the options of a sweep.
func expand(w claims.Sweep, extra []claims.Option) ([]sweep.Run, error) {
	var g sweep.Group
	for _, o := range slices.Concat(w.Fixed, extra) {
		g.Fixed = append(g.Fixed, sweep.Axis{Name: o.Name, Values: []string{o.Value}})
	}
	for _, a := range w.Axes {
		g.Axes = append(g.Axes, sweep.Axis{Name: a.Name, Values: a.Values})
	}
	e, err := sweep.Definition{Groups: []sweep.Group{g}}.Expand()
	if err == nil && len(e.Invalid) > 0 {
		err = e.Invalid[0].Err
	}
	return e.Runs, err
}
