// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/record"
)

const simulations = 100

// verdicts counts the verdicts of all claims over n simulations of a world.
func (w world) verdicts(n int, seed uint64) map[string]map[claims.Outcome]int {
	all, counts := claims.Claims(), map[string]map[claims.Outcome]int{}
	seeds, random := claims.Smoke.Seeds(), rand.New(rand.NewPCG(seed, 1))
	for range n {
		runs := w.runs(all, seeds, random)
		for _, c := range all {
			name := fmt.Sprintf("%s (%s)", c.ID, c.Variation)
			if counts[name] == nil {
				counts[name] = map[claims.Outcome]int{}
			}
			counts[name][claims.JudgeBriefly(c, "made up", runs, seeds).Verdict]++
		}
	}
	return counts
}

// A strong effect is found.
func TestStrongEffectsHold(t *testing.T) {
	for name, n := range world(asClaimed).verdicts(simulations, 1) {
		t.Logf("%s: %v", name, n)
		if n[claims.Holds] < 95 {
			t.Errorf("claim %s: %v, want HOLDS in 95 of 100 and more", name, n)
		}
	}
}

// No effect is found where none is.
func TestNullEffectsDoNotHold(t *testing.T) {
	for name, n := range world(nothing).verdicts(simulations, 2) {
		t.Logf("%s: %v", name, n)
		if n[claims.Holds] > 5 {
			t.Errorf("claim %s: %v, want HOLDS in 5 of 100 at most", name, n)
		}
	}
}

// An effect the other way round refutes.
func TestOppositeEffectsFail(t *testing.T) {
	refuted := []string{"1 ", "2 ", "3 ", "4 ", "8 ", "9", "10"}
	for name, n := range world(theOtherWay).verdicts(20, 3) {
		t.Logf("%s: %v", name, n)
		if slices.ContainsFunc(refuted, func(id string) bool { return strings.HasPrefix(name, id) }) && n[claims.Fails] < 19 {
			t.Errorf("claim %s: %v, want FAILS in 19 of 20 and more", name, n)
		}
	}
}

// Where the effect is at the threshold itself, a claim of one part holds wrongly in about 2.5 of 100 cases, whether the spread of seeds is normal or has heavy tails.
func TestAtTheThreshold(t *testing.T) {
	for name, noise := range map[string]func(*rand.Rand) float64{
		"normal":      (*rand.Rand).NormFloat64,
		"heavy tails": func(r *rand.Rand) float64 { return r.NormFloat64() / math.Sqrt(r.ExpFloat64()) },
		"skewed up":   func(r *rand.Rand) float64 { return r.ExpFloat64() - 1 },
	} {
		random := rand.New(rand.NewPCG(4, 1))
		counts := map[claims.Outcome]int{}
		for range 2000 {
			counts[atThreshold(noise, random).Verdict]++
		}
		t.Logf("%s: of 2000 %v", name, counts)
		if counts[claims.Holds] > 2000*5/100 {
			t.Errorf("%s: of 2000 %v, want HOLDS in 5 of 100 at most", name, counts)
		}
	}
}

// atThreshold judges five seeds whose runs differ by the threshold and noise.
func atThreshold(noise func(*rand.Rand) float64, random *rand.Rand) claims.Verdict {
	seeds := claims.Smoke.Seeds()
	part := claims.Part{Name: "gap", Setting: "any", Direction: claims.Above, Threshold: math.Ln2, Statistic: claims.Statistic{Arms: []string{"adam"},
		Of: func(s claims.Seed) (float64, error) { return math.Log(float64(s["adam"].Metrics().Evals[0].Loss)), nil }}}
	runs := claims.Runs{}
	for _, seed := range seeds {
		m := &madeUp{name: fmt.Sprint(seed), metrics: &record.Metrics{Evals: []record.EvalRecord{{Loss: record.Number(2 * math.Exp(0.3*noise(random)))}}}}
		runs[claims.Key{Setting: "any", Arm: "adam", Seed: seed}] = m
	}
	return claims.JudgeBriefly(claims.Claim{ID: "one", Parts: []claims.Part{part}}, "made up", runs, seeds)
}
