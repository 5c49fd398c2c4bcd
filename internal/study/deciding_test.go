// SPDX-License-Identifier: Apache-2.0

package study

import (
	"math"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/number"
)

// The part that a verdict hangs by is the weakest of those that hold, the clearest of those that fail, the first that is open, a premise before all.
func TestDeciding(t *testing.T) {
	part := func(name string, o claims.Outcome, p float64) claims.PartResult {
		return claims.PartResult{Name: name, Outcome: o, PHolds: number.Number(p), PFailsHolm: number.Number(p)}
	}
	holds, fails, open := claims.Holds, claims.Fails, claims.Inconclusive
	for _, c := range []struct {
		verdict         claims.Outcome
		premises, parts []claims.PartResult
		want            string
	}{
		{holds, nil, []claims.PartResult{part("a", holds, 0.001), part("b", holds, 0.02), part("c", holds, 0.01)}, "b"},
		{fails, []claims.PartResult{part("p", holds, 0.9)}, []claims.PartResult{part("a", fails, 0.01), part("b", holds, 1e-9), part("c", fails, 1e-4)}, "c"},
		{open, []claims.PartResult{part("p", open, 0.5)}, []claims.PartResult{part("a", open, 0.5)}, "p"},
		{open, nil, []claims.PartResult{part("a", holds, 0.01), part("b", open, 0.5)}, "b"},
		{open, nil, nil, ""},
	} {
		got, ok := deciding(claims.Verdict{Verdict: c.verdict, Premises: c.premises, Parts: c.parts})
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.verdict, got.Name, c.want)
		}
	}
}

// A difference of logarithms is read as a ratio, whose threshold stands in the middle of its row; the mark of an effect on the claimed side lies in the shade.
func TestForest(t *testing.T) {
	r := claims.PartResult{Name: "<b>lower</b>", Claimed: claims.Above, Threshold: number.Number(math.Log(2)), Effect: number.Number(math.Log(8)), Low: number.Number(math.Log(4)), High: number.Number(math.Log(16)),
		Ratio: number.Some(8), Outcome: claims.Holds, Values: []claims.SeedValue{{Seed: 0, Value: number.Number(math.Log(8))}}}
	if n := read(r); math.Abs(n.effect-8) > 1e-12 || math.Abs(n.threshold-2) > 1e-12 || n.unit() != "ratio" {
		t.Errorf("%+v", n)
	}
	svg := string(forest(claims.Verdict{Parts: []claims.PartResult{r}}))
	for _, want := range []string{`&lt;b&gt;lower&lt;/b&gt;`, `>×2<`, `>HOLDS<`, `class="holds effect"`, `<rect class="claimed" x="230"`, `cx="361.6"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the plot has no %s:\n%s", want, svg)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "style=") {
		t.Errorf("the plot has numbers that are none, or styles that the page's policy forbids:\n%s", svg)
	}
}
