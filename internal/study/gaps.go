// SPDX-License-Identifier: Apache-2.0

package study

import (
	"cmp"
	"math"
	"slices"

	"revgn/internal/claims"
	"revgn/internal/report"
)

// pair is Gauss-Newton and Adam at a value of what is varied.
type pair struct {
	x        float64
	gn, adam string
}

// pairs are the arms that vary B/(h+1), or the share of the samples.
func pairs(of func(claims.Arm) float64) []pair {
	at := map[float64]*pair{}
	for _, a := range claims.Arms() {
		x := of(a)
		if x == 0 {
			continue
		}
		if at[x] == nil {
			at[x] = &pair{x: x}
		}
		if a.Class == claims.Baseline {
			at[x].adam = a.Name
		} else {
			at[x].gn = a.Name
		}
	}
	var list []pair
	for _, p := range at {
		list = append(list, *p)
	}
	return list
}

// gaps draws how far above Adam Gauss-Newton ends, in log loss, over what is varied.
func (d *drawing) gaps(p plot, panel *report.Panel) error {
	panel.About = "Mean over seeds of the log training loss of Gauss-Newton less that of Adam at the end, each at a rate of its own, with 95 % intervals."
	panel.Lines = &report.Lines{X: "B/(h+1)", Y: "log L(GN) - log L(Adam)", LogX: true, Styled: true}
	list := pairs(func(a claims.Arm) float64 { return a.Load })
	if p.kind == overShares {
		panel.Lines.X = "share of the training samples"
		list = pairs(func(a claims.Arm) float64 { return a.Share })
	} else if own, err := d.ownLoad(p); err != nil {
		return err
	} else if own.x > 0 {
		list = append(list, own)
	}
	slices.SortFunc(list, func(a, b pair) int { return cmp.Compare(a.x, b.x) })
	line := newPointLine("Gauss-Newton minus Adam", 0)
	for _, at := range list {
		values, err := d.gap(p, at)
		if err != nil {
			return err
		}
		line.add(at.x, values)
		panel.Lines.Ticks = append(panel.Lines.Ticks, at.x)
		if len(values) > 0 {
			d.drawn = append(d.drawn, at.gn)
		}
		if n := len(values); n < d.seeds {
			d.note("At %s: %d of %d seeds have both losses.", report.Figure(at.x), n, d.seeds)
		}
	}
	if len(line.X) > 0 {
		const grey = 6
		none := report.Line{Label: "no gap", X: []float64{line.X[0], line.X[len(line.X)-1]}, Y: []float64{0, 0}, Style: grey, Thin: true}
		panel.Lines.Curves = []report.Line{line.Line, none}
	}
	return nil
}

// ownLoad is the pair that every claim compares, at the setting's own B/(h+1), 0 where it has no runs.
func (d *drawing) ownLoad(p plot) (pair, error) {
	own := pair{gn: "split", adam: "adam"}
	a, err := d.runs.arm(d.ctx, cell{d.task, p.setting, own.gn})
	if err != nil || a == nil {
		return own, err
	}
	batch, hidden := positive(a, "batch-size"), positive(a, "hidden")
	if batch > 0 && hidden > 0 {
		own.x = math.Round(1e3*batch/(hidden+1)) / 1e3
	}
	return own, nil
}

// gap is the difference for every seed that both have.
func (d *drawing) gap(p plot, at pair) ([]float64, error) {
	gn, err := d.runs.arm(d.ctx, cell{d.task, p.setting, at.gn})
	if err != nil {
		return nil, err
	}
	adam, err := d.runs.arm(d.ctx, cell{d.task, p.setting, at.adam})
	if err != nil || gn == nil || adam == nil {
		return nil, err
	}
	var values []float64
	for i, seed := range gn.seeds {
		k := slices.Index(adam.seeds, seed)
		if k < 0 {
			continue
		}
		if v := math.Log(last(gn.Runs[i], p.quantity) / last(adam.Runs[k], p.quantity)); finite(v) {
			values = append(values, v)
		}
	}
	return values, nil
}
