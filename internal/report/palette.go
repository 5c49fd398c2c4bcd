// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"image/color"
	"math"
)

// lightColours and darkColours are told apart with the common kinds of colour blindness (after Okabe and Ito, and Tol), and stand at least 3:1 against the page.
func lightColours() []string {
	return []string{"#0072b2", "#d55e00", "#00805e", "#b0578d", "#8a6d00", "#332288", "#5b5b5b"}
}

func darkColours() []string {
	return []string{"#56b4e9", "#f0883e", "#2ecc9a", "#e7a3cb", "#e6c229", "#b3a2ff", "#c8c8c8"}
}

// dashes tell curves apart without colour. Their number has no factor in common with that of the colours, so that 28 curves differ.
func dashes() [][]float64 {
	return [][]float64{nil, {7, 3}, {2, 3}, {9, 3, 2, 3}}
}

// hex is a colour written #rrggbb.
func hex(s string) color.RGBA {
	c := color.RGBA{A: 255}
	fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	return c
}

// ramp are the corners of the colours of heat maps, from low to high: cividis, which is even in lightness and the same to people who see no red or no green
// (Nuñez, Anderton and Renslow 2018).
func ramp() []string {
	return []string{"#00204d", "#223b6e", "#4f576c", "#727274", "#958f78", "#bbae6c", "#e4cf5b", "#ffea46"}
}

// heatColour is the colour of a value between lo and hi; grey where it is none.
func heatColour(v, lo, hi float64) color.RGBA {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return hex("#9a9a9a")
	}
	corners := ramp()
	x := min(max((v-lo)/(hi-lo), 0), 1) * float64(len(corners)-1)
	k := min(int(x), len(corners)-2)
	a, b, part := hex(corners[k]), hex(corners[k+1]), x-float64(k)
	mix := func(p, q uint8) uint8 { return uint8(math.Round(float64(p) + part*(float64(q)-float64(p)))) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// luminance is that of WCAG 2.
func luminance(c color.RGBA) float64 {
	channel := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

// contrast is that of WCAG 2, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
