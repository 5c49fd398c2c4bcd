// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/report"
)

// Places in a forest plot. The threshold of every part stands in the middle, and each part has a scale of its own: parts of a claim may differ in their unit.
const (
	rowHeight            = 58
	forestLeft, halfSpan = 20, 210
	forestWidth          = 2 * (forestLeft + halfSpan)
	middle               = forestLeft + halfSpan
)

// forest draws the premises and parts of a verdict: the mean over seeds, its interval, each seed, the threshold, and the claimed side.
func forest(v claims.Verdict) template.HTML {
	parts := slices.Concat(v.Premises, v.Parts)
	if len(parts) == 0 {
		return ""
	}
	var b strings.Builder
	height := rowHeight*len(parts) + 4
	fmt.Fprintf(&b, `<svg class="forest" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d">`, html.EscapeString(forestText(v)), forestWidth, height, forestWidth, height)
	for i, r := range parts {
		name := r.Name
		if i < len(v.Premises) {
			name = "premise: " + name
		}
		forestRow(&b, r, name, i*rowHeight)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// forestText says in words what the plot shows.
func forestText(v claims.Verdict) string {
	var list []string
	for _, r := range slices.Concat(v.Premises, v.Parts) {
		n := read(r)
		list = append(list, fmt.Sprintf("%s: %s, %s %s, 95 %% interval %s to %s, claimed %s", r.Name, r.Outcome, n.unit(), report.Figure(n.effect), report.Figure(n.low), report.Figure(n.high), claimed(r)))
	}
	return strings.Join(list, "; ") + "."
}

// forestRow draws a part. Everything is placed as it was measured, so that an interval of a logarithm is even.
func forestRow(b *strings.Builder, r claims.PartResult, name string, top int) {
	fmt.Fprintf(b, `<text class="name" x="%d" y="%d">%s</text>`, forestLeft, top+14, html.EscapeString(clipped(name, 46)))
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d" text-anchor="end">%s</text>`, outcomeClass(r.Outcome), forestWidth-forestLeft, top+14, html.EscapeString(clipped(string(r.Outcome), 14)))
	reach := reachOf(r)
	line := top + 29
	shade := middle
	if r.Claimed == claims.Below {
		shade = forestLeft
	}
	fmt.Fprintf(b, `<rect class="claimed" x="%d" y="%d" width="%d" height="18"></rect>`, shade, line-9, halfSpan)
	fmt.Fprintf(b, `<line class="threshold" x1="%d" y1="%d" x2="%d" y2="%d"></line>`, middle, line-9, middle, line+9)
	x := func(v number.Number) float64 { return middle + halfSpan*0.94*float64(v-r.Threshold)/reach }
	if lo, hi := x(r.Low), x(r.High); finite(lo) && finite(hi) {
		fmt.Fprintf(b, `<path class="%s interval" d="M%.1f %dH%.1fM%.1f %dV%dM%.1f %dV%d"></path>`, outcomeClass(r.Outcome), lo, line, hi, lo, line-5, line+5, hi, line-5, line+5)
	}
	for _, v := range r.Values {
		if at := x(v.Value); finite(at) {
			fmt.Fprintf(b, `<circle class="seed" cx="%.1f" cy="%d" r="3"></circle>`, at, line)
		}
	}
	if at := x(r.Effect); finite(at) {
		fmt.Fprintf(b, `<path class="%s effect" d="M%.1f %dl6 6l-6 6l-6 -6z"></path>`, outcomeClass(r.Outcome), at, line-6)
	}
	forestScale(b, r, reach, line+21)
}

// forestScale writes what the threshold and the ends are.
func forestScale(b *strings.Builder, r claims.PartResult, reach float64, y int) {
	text := func(v float64) string {
		if r.Ratio.Set {
			return "×" + report.Figure(short(math.Exp(v)))
		}
		return report.Figure(short(v))
	}
	t := float64(r.Threshold)
	for _, at := range []struct {
		x      int
		v      float64
		anchor string
	}{{forestLeft, t - reach/0.94, "start"}, {middle, t, "middle"}, {forestWidth - forestLeft, t + reach/0.94, "end"}} {
		fmt.Fprintf(b, `<text class="scale" x="%d" y="%d" text-anchor="%s">%s</text>`, at.x, y, at.anchor, html.EscapeString(text(at.v)))
	}
}

// reachOf is how far from the threshold the farthest mark lies.
func reachOf(r claims.PartResult) float64 {
	marks := []float64{float64(r.Low), float64(r.High), float64(r.Effect)}
	for _, v := range r.Values {
		marks = append(marks, float64(v.Value))
	}
	reach := 0.0
	for _, m := range marks {
		if d := math.Abs(m - float64(r.Threshold)); finite(d) {
			reach = max(reach, d)
		}
	}
	if reach == 0 {
		return 1
	}
	return reach
}

// short is a number of three digits.
func short(v float64) float64 {
	if v == 0 || !finite(v) {
		return v
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/unit) * unit
}

func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
