// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"revgn/internal/number"
	"revgn/internal/stats"
)

// wrongly is the probability that is allowed of holding or failing wrongly: one side of a 95 % interval.
const wrongly = (1 - level) / 2

// Judge gives the verdict of a claim on the runs of a task. All of seeds must have all their runs, so that no verdict rests on the seeds that went well.
func Judge(c Claim, task string, runs Runs, seeds []uint64) Verdict {
	return newBench(runs, seeds).judge(c, task)
}

func newBench(runs Runs, seeds []uint64) bench {
	b := bench{runs: runs, seeds: seeds, arms: map[string]Arm{}}
	for _, a := range Arms() {
		b.arms[a.Name] = a
	}
	return b
}

func (b bench) judge(c Claim, task string) Verdict {
	v := Verdict{Claim: c.ID, Variation: c.Variation, Task: task, Statement: c.Statement, Refuted: c.Refuted, Seeds: b.seeds, P: 0}
	for _, p := range c.Premises {
		v.Premises = append(v.Premises, b.measure(p))
	}
	for _, p := range c.Parts {
		v.Parts = append(v.Parts, b.measure(p))
	}
	correctFailures(v.Parts)
	for _, r := range slices.Concat(v.Premises, v.Parts) {
		v.P = number.Number(math.Max(float64(v.P), r.evidence(float64(r.PHolds)))) // NaN stays
	}
	v.PHolm = v.P
	v.Runs = b.used(c)
	v.Exact = share(v.Runs)
	v.Verdict, v.Reason = v.outcome()
	if again := repeated(v.Runs); again != "" {
		v.Verdict, v.Reason = Inconclusive, again
	}
	return v
}

// evidence is a p of a part, NaN where the part has not all its values.
func (r PartResult) evidence(p float64) float64 {
	if !r.measured {
		return math.NaN()
	}
	return p
}

// correctFailures corrects for there being many parts, any of which would make the claim fail.
func correctFailures(parts []PartResult) {
	p := make([]float64, len(parts))
	for i, r := range parts {
		p[i] = r.evidence(float64(r.PFails))
	}
	for i, q := range stats.Holm(p) {
		parts[i].PFailsHolm = number.Number(q)
	}
}

// outcome is the rule for a claim.
func (v Verdict) outcome() (Outcome, string) {
	var reasons []string
	for _, r := range v.Premises {
		if r.Outcome != Holds {
			return Inconclusive, fmt.Sprintf("its premise, %s, is %s%s", r.Name, r.Outcome, because(r))
		}
	}
	holds := true
	for _, r := range v.Parts {
		switch {
		case r.Outcome == Fails && float64(r.PFailsHolm) < wrongly:
			return Fails, fmt.Sprintf("%s: %s", r.Name, r.numbers())
		case r.Outcome == Fails:
			reasons = append(reasons, fmt.Sprintf("%s fails, but not after correction for %d parts (p = %.2g)", r.Name, len(v.Parts), float64(r.PFailsHolm)))
		case r.Outcome == Inconclusive:
			reasons = append(reasons, r.Name+" is "+string(r.Outcome)+because(r))
		}
		holds = holds && r.Outcome == Holds
	}
	if holds {
		return Holds, ""
	}
	return Inconclusive, strings.Join(reasons, "; ")
}

func because(r PartResult) string {
	if r.Reason == "" {
		return ": " + r.numbers()
	}
	return ": " + r.Reason
}

func (r PartResult) numbers() string {
	return fmt.Sprintf("%.3g [%.3g, %.3g], claimed %s %.3g", float64(r.Effect), float64(r.Low), float64(r.High), r.Claimed, float64(r.Threshold))
}

// used are the runs behind a claim, as far as they are there.
func (b bench) used(c Claim) []RunUsed {
	used := []RunUsed{}
	for _, cell := range Cells([]Claim{c}) {
		for _, seed := range b.seeds {
			v, ok := b.runs[Key{cell.Setting, cell.Arm, seed}]
			if !ok {
				continue
			}
			r := RunUsed{Setting: cell.Setting, Arm: cell.Arm, Seed: seed, Run: v.Name(), Rate: number.Number(math.NaN()), Certificates: certificates(v)}
			r.Class = r.class()
			if steps := v.Metrics().Steps; len(steps) > 0 {
				r.Rate = steps[0].LR
			}
			used = append(used, r)
		}
	}
	slices.SortStableFunc(used, func(a, b RunUsed) int { return cmp.Or(cmp.Compare(a.Setting, b.Setting), cmp.Compare(a.Arm, b.Arm)) })
	return used
}

func share(runs []RunUsed) ExactShare {
	var s ExactShare
	for _, r := range runs {
		s.Certified += r.Certified
		s.Certificates.Exact += r.Exact
	}
	if s.Certified > 0 {
		s.Share = number.Some(float64(s.Certificates.Exact) / float64(s.Certified))
	}
	return s
}

// repeated tells of a run that stands for several seeds, which are then not independent; "" for none.
func repeated(runs []RunUsed) string {
	seen := map[string]uint64{}
	for _, r := range runs {
		if seed, ok := seen[r.Run]; ok && seed != r.Seed {
			return fmt.Sprintf("run %s stands for seeds %d and %d", r.Run, seed, r.Seed)
		}
		seen[r.Run] = r.Seed
	}
	return ""
}
