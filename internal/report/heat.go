// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

const (
	cellWidth, cellHeight = 62, 26
	letterWidth           = 7 // of a label, on average
	maxLabelLetters       = 34
	// writtenCells is up to how many columns numbers stand in the cells.
	writtenCells = 16
)

// heatSVG draws a heat map into the page. Numbers stand in the cells where there is room; what cannot be computed is grey.
func heatSVG(p Panel) template.HTML {
	h := p.Heat
	w, height := cellWidth, cellHeight
	if len(h.Cols) > writtenCells {
		w, height = 12, 12
	}
	left, top := letterWidth*longest(h.Rows)+12, letterWidth*longest(h.Cols)*7/10+20
	var b strings.Builder
	width := left + w*len(h.Cols) + top
	fmt.Fprintf(&b, `<svg class="heat" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d">`,
		html.EscapeString(p.Title+". "+p.summary()), width, top+height*len(h.Rows)+40, width, top+height*len(h.Rows)+40)
	for j, name := range h.Cols {
		if every(j, len(h.Cols)) {
			x, y := left+w*j+w/2, top-6
			fmt.Fprintf(&b, `<text x="%d" y="%d" transform="rotate(-40 %d %d)">%s</text>`, x, y, x, y, html.EscapeString(clipped(name)))
		}
	}
	for i, name := range h.Rows {
		y := top + height*i
		if every(i, len(h.Rows)) {
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, left-6, y+height/2+4, html.EscapeString(clipped(name)))
		}
		for j, v := range h.Values[i] {
			heatCell(&b, h, v, left+w*j, y, w, height)
		}
	}
	heatKey(&b, h, left, top+height*len(h.Rows)+12)
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func heatCell(b *strings.Builder, h *Heat, v float64, x, y, w, height int) {
	fill := heatColour(v, h.Lo, h.Hi)
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#%02x%02x%02x"></rect>`, x, y, w, height, fill.R, fill.G, fill.B)
	if w < cellWidth {
		return
	}
	ink := "#ffffff"
	if contrast(fill, hex("#000000")) > contrast(fill, hex(ink)) {
		ink = "#000000"
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" fill="%s">%s</text>`, x+w/2, y+height/2+4, ink, cellText(v))
}

// heatKey shows which colour is which value.
func heatKey(b *strings.Builder, h *Heat, x, y int) {
	const steps = 24
	for i := range steps {
		c := heatColour(h.Lo+(h.Hi-h.Lo)*float64(i)/(steps-1), h.Lo, h.Hi)
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="5" height="10" fill="#%02x%02x%02x"></rect>`, x+5*i, y, c.R, c.G, c.B)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d">%s to %s</text>`, x+5*steps+8, y+9, Figure(h.Lo), Figure(h.Hi))
}

// every tells which of many labels are written: about 25 of them.
func every(i, n int) bool { return i%max(1, (n+24)/25) == 0 }

func cellText(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	if math.Abs(v) >= 0.0005 && math.Abs(v) < 100 {
		return fmt.Sprintf("%.3f", v)
	}
	if s := Figure(v); len(s) <= 7 {
		return s
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

func clipped(s string) string {
	if r := []rune(s); len(r) > maxLabelLetters {
		return string(r[:maxLabelLetters-1]) + "…"
	}
	return s
}

func longest(labels []string) int {
	n := 1
	for _, l := range labels {
		n = max(n, len([]rune(clipped(l))))
	}
	return n
}
