// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/record"
)

// claim finds a claim of the table.
func claim(t *testing.T, id string, v claims.Variation) claims.Claim {
	t.Helper()
	for _, c := range claims.Claims() {
		if c.ID == id && c.Variation == v {
			return c
		}
	}
	t.Fatalf("no claim %s (%s)", id, v)
	return claims.Claim{}
}

// What is wrong with the runs makes a verdict INCONCLUSIVE, and says so.
func TestTroubles(t *testing.T) {
	seeds := claims.Smoke.Seeds()
	gn := claims.Key{Setting: claims.MiniBatch, Arm: "split", Seed: 3}
	adam := claims.Key{Setting: claims.MiniBatch, Arm: "adam", Seed: 3}
	for _, c := range []struct {
		name, want string
		id         string
		spoil      func(runs claims.Runs)
	}{
		{"missing", "seed 3: there is no run of adam", "2", func(runs claims.Runs) { delete(runs, adam) }},
		{"not ended", "seed 3: adam (mini-batch-adam-3) has not come to its end: failed: step 7 is not finite", "2",
			func(runs claims.Runs) { runs[adam].(*madeUp).how = "failed: step 7 is not finite" }},
		{"inexact", "split (mini-batch-split-3) is approximate, want exact: 23 of 24 steps are certified EXACT", "2",
			func(runs claims.Runs) { runs[gn].Metrics().Steps[5].Exact = false }},
		{"no certificate", "split (mini-batch-split-3) is baseline, want exact", "2", func(runs claims.Runs) {
			for i := range runs[gn].Metrics().Steps {
				runs[gn].Metrics().Steps[i].GaussNewton = nil
			}
		}},
		{"not finite", "its loss at step 24 is NaN", "2", func(runs claims.Runs) {
			evals := runs[adam].Metrics().Evals
			for i := range evals {
				if evals[i].Step == 24 {
					evals[i].Loss = record.Number(math.NaN())
				}
			}
		}},
		{"not measured", "step 19 has no finite change of the loss", "3", func(runs claims.Runs) { runs[adam].Metrics().Steps[18].HeldoutChangePct = record.Optional{} }},
		{"no probes", "it has no probe after its start", "4", func(runs claims.Runs) { runs[gn].Metrics().Probes = nil }},
		{"no evaluation", "it has no evaluation of the train part", "2", func(runs claims.Runs) { runs[gn].Metrics().Evals = nil }},
		{"one run for two seeds", "run mini-batch-split-2 stands for seeds 2 and 3", "2", func(runs claims.Runs) {
			runs[gn] = runs[claims.Key{Setting: gn.Setting, Arm: gn.Arm, Seed: 2}]
		}},
		{"blind CKA", "its premise, CKA could show a change, is FAILS", "5", func(runs claims.Runs) {
			for k, v := range runs {
				if k.Arm == "adam" {
					for i := range v.(*madeUp).sites {
						v.(*madeUp).sites[i].Floor += 0.39
					}
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			judged := claim(t, c.id, claims.ByExact)
			runs := world(asClaimed).runs([]claims.Claim{judged}, seeds, rand.New(rand.NewPCG(5, 1)))
			if v := claims.Judge(judged, "made up", runs, seeds); v.Verdict != claims.Holds {
				t.Fatalf("before: %s %s", v.Verdict, v.Reason)
			}
			c.spoil(runs)
			v := claims.Judge(judged, "made up", runs, seeds)
			if v.Verdict != claims.Inconclusive || !strings.Contains(v.Reason, c.want) {
				t.Errorf("%s %q, want INCONCLUSIVE with %q", v.Verdict, v.Reason, c.want)
			}
		})
	}
}

// Fewer than five seeds are no verdict, and neither are seeds that all say the very same.
func TestTooLittle(t *testing.T) {
	c := claim(t, "1", claims.ByExact)
	few := claims.Smoke.Seeds()[:4]
	runs := world(asClaimed).runs([]claims.Claim{c}, few, rand.New(rand.NewPCG(6, 1)))
	if v := claims.Judge(c, "made up", runs, few); v.Verdict != claims.Inconclusive || !strings.Contains(v.Reason, "4 seeds, want 5 or more") {
		t.Errorf("of four seeds: %s %q", v.Verdict, v.Reason)
	}
	seeds := claims.Smoke.Seeds()
	alike := claims.Runs{}
	for _, seed := range seeds {
		for key, v := range world(asClaimed).runs([]claims.Claim{c}, seeds[:1], rand.New(rand.NewPCG(7, 1))) {
			key.Seed = seed
			v.(*madeUp).name += string(rune('a' + seed))
			alike[key] = v
		}
	}
	if v := claims.Judge(c, "made up", alike, seeds); v.Verdict != claims.Inconclusive || !strings.Contains(v.Reason, "the very same value") {
		t.Errorf("of seeds alike: %s %q", v.Verdict, v.Reason)
	}
}

// A verdict carries all that it rests on, and stands in a file with all numbers finite or null.
func TestVerdictCarriesItsGrounds(t *testing.T) {
	seeds := claims.Smoke.Seeds()
	c := claim(t, "1", claims.ByExact)
	runs := world(asClaimed).runs([]claims.Claim{c}, seeds, rand.New(rand.NewPCG(8, 1)))
	v := claims.Judge(c, "digits", runs, seeds)
	if len(v.Runs) != 15 || len(v.Parts) != 4 || v.Exact.Certified != 5*24 || v.Exact.Share.Value != 1 || !(v.P > 0 && v.P < 0.025) {
		t.Errorf("%d runs, %d parts, exact %+v, p %v", len(v.Runs), len(v.Parts), v.Exact, v.P)
	}
	p := v.Parts[0]
	if !(p.Low < p.Effect && p.Effect < p.High) || len(p.Values) != 5 || math.Abs(float64(p.Ratio.Value)-math.Exp(float64(p.Effect))) > 1e-12 {
		t.Errorf("part %+v", p)
	}
	if !(p.Bootstrap[0] > p.Low && p.Bootstrap[1] < p.High) || p.SignedRank != 1./16 {
		t.Errorf("bootstrap %v, signed ranks %v, against [%v, %v]", p.Bootstrap, p.SignedRank, p.Low, p.High)
	}
	tuned := []claims.Tuned{{Task: "digits", Setting: claims.FullBatch, Arm: "adam", Edge: true}, {Task: "mnist", Setting: claims.FullBatch, Arm: "sgd", Edge: true}}
	all := claims.Collect("v1", claims.Smoke, tuned, []claims.Verdict{v, claims.Judge(c, "digits", claims.Runs{}, seeds)}, nil)
	if all.Verdicts[0].PHolm != 2*v.P || len(all.Verdicts[0].Warnings) != 1 || !strings.Contains(all.Verdicts[0].Warnings[0], "adam") {
		t.Errorf("p %v, warnings %v", all.Verdicts[0].PHolm, all.Verdicts[0].Warnings)
	}
	if _, err := json.Marshal(all); err != nil {
		t.Error(err)
	}
}
