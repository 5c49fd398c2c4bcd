// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"testing"
)

var exactly = assumptions{share: 1, inside: 1e-5, outside: 1e-4}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Abs(want) {
		t.Errorf("%s: got %g, want %g", what, got, want)
	}
}

// Sums in closed form: nothing on one device, 2(n-1)/n bytes over a link inside a node, and between nodes each device's part over its own network link.
func TestPerByte(t *testing.T) {
	m := machine{"", 1e12, 8, 100e9, 10e9}
	for n, want := range map[float64]float64{
		1: 0, 2: 1 / 100e9, 8: 2 * 7. / 8 / 100e9, 16: 2*7./8/100e9 + 1/80e9, 64: 2*7./8/100e9 + 2*7./8/80e9,
	} {
		near(t, "seconds a byte", m.perByte(n, exactly), want)
		half := exactly
		half.share = 0.5
		near(t, "at half the bandwidth", m.perByte(n, half), 2*want)
	}
	for n, want := range map[float64]float64{1: 0, 2: 1e-5, 8: 1e-5, 16: 1.1e-4} {
		near(t, "latency", m.latency(n, exactly), want)
	}
}

func TestTime(t *testing.T) {
	m := machine{"", 1e12, 8, 100e9, 10e9}
	w := work{divided: 8e12, repeated: 3e12, factor: 1e12, grams: 1e9, products: 2e9, sums: 7}
	one, eight := m.time(w, 1, exactly), m.time(w, 8, exactly)
	near(t, "a step on one device", one.total(), 11)
	near(t, "divided", eight.divided, 1)
	near(t, "factor", eight.factor, 1)
	near(t, "the rest of what is repeated", eight.repeated, 2)
	near(t, "ΦΦᵀ", eight.grams, 4e9*1.75/100e9)
	near(t, "(B,d)", eight.products, 8e9*1.75/100e9)
	near(t, "latency", eight.latency, 7e-5)
	near(t, "the step", eight.total(), eight.divided+eight.factor+eight.repeated+eight.grams+eight.products+eight.latency)
	near(t, "devices at which the factor takes as long", m.becomesLimit(w, eight.factor, exactly), 8)
}

// At the least hidden size a device forming ΦΦᵀ takes as long as summing it, at any batch.
func TestLeastHidden(t *testing.T) {
	a := defaults()
	for _, m := range machines() {
		for _, n := range []float64{2, 8, 64} {
			hidden := n * m.leastHidden(n, a)
			for _, batch := range []float64{100, 1000} {
				form := 2 * triangle * batch * batch * hidden / n / (a.share * m.rate)
				near(t, m.name, form, m.time(work{grams: triangle * batch * batch}, n, a).grams)
			}
		}
	}
}
