// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"math"
	"slices"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/report"
)

// pointLine is a curve of means with their intervals as bars.
type pointLine struct{ report.Line }

func newPointLine(label string, style int) *pointLine {
	return &pointLine{report.Line{Label: label, Style: style, Bars: true}}
}

// add appends the mean of values, with an interval where there are two or more.
func (l *pointLine) add(x float64, values []float64) {
	if len(values) == 0 {
		return
	}
	mean, half := report.MeanInterval(values)
	l.X, l.Y, l.Lo, l.Hi = append(l.X, x), append(l.Y, mean), append(l.Lo, mean-half), append(l.Hi, mean+half)
}

// blocks draws the CKA of each block with the start, and its floor, at the end of the runs.
func (d *drawing) blocks(p plot, panel *report.Panel) error {
	panel.About = "Debiased linear CKA of the stream after each block, at the end, with that of the run's own start (solid), and with that of another seed's start: the floor (dashed). Bars are 95 % intervals over seeds. Arms stand beside each other."
	panel.Lines = &report.Lines{X: "block", Y: "linear CKA, debiased", Styled: true}
	style := styles(p.arms)
	return d.eachArm(p, func(i int, name string, a *arm) {
		aside := 0.07 * (float64(i) - float64(len(p.arms)-1)/2)
		if d.blocksOf(a, aside, style[name], panel.Lines) {
			d.drawn = append(d.drawn, name)
		}
	})
}

func (d *drawing) blocksOf(a *arm, aside float64, style int, lines *report.Lines) bool {
	var starts, floors [][]float64 // by block, then by run
	unread := 0
	for _, r := range a.Runs {
		sites, err := similarity(r)
		if err != nil || len(starts) > 0 && len(sites) != len(starts) {
			unread++
			continue
		}
		for len(starts) < len(sites) {
			starts, floors = append(starts, nil), append(floors, nil)
		}
		for k, s := range sites {
			starts[k], floors[k] = append(starts[k], s.Start), append(floors[k], s.Floor)
		}
	}
	if len(starts) == 0 {
		return false
	}
	start, floor := newPointLine(a.name(), withDash(style, 0)), newPointLine(a.name()+": floor", withDash(style, 1))
	lines.Ticks = nil
	for k := range starts {
		start.add(float64(k)+aside, starts[k])
		floor.add(float64(k)+aside+0.025, floors[k])
		lines.Ticks = append(lines.Ticks, float64(k))
	}
	lines.Curves = append(lines.Curves, floor.Line, start.Line)
	if nearFloor(start.Y, floor.Y) {
		d.note("%s: CKA with the own start is that with another seed's, within %g, in every block; it tells what streams share with the input, not what training kept.", a.Label, besideFloor)
	}
	if n := len(a.Runs) - unread; n < d.seeds {
		d.note("%s: %s of %d seeds analysed.", a.Label, number.Plural(n, "run"), d.seeds)
	}
	return true
}

// besideFloor is how near a floor says that CKA with the start is of no start in particular.
const besideFloor = 0.01

func nearFloor(start, floor []float64) bool {
	for k := range start {
		if math.Abs(start[k]-floor[k]) > besideFloor {
			return false
		}
	}
	return true
}

func similarity(r *report.Run) ([]claims.Similarity, error) {
	if r.Summary == nil {
		return nil, fmt.Errorf("%s has no summary", r.Name)
	}
	sites, err := claims.ReadSimilarity(r.Dir, r.Summary.Last.Step)
	finite := func(s claims.Similarity) bool { return !math.IsNaN(s.Start) && !math.IsNaN(s.Floor) }
	if err == nil && slices.ContainsFunc(sites, func(s claims.Similarity) bool { return !finite(s) }) {
		err = fmt.Errorf("%s has a CKA without a value", r.Name)
	}
	return sites, err
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
