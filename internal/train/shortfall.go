// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"revgn/gnstep"
	"revgn/internal/record"
	"revgn/model"
)

// shortfall says where the least exact step of the run fell short, and what helps; it is empty where every step was exact, was meant to be something else, or
// kept all directions.
func (r *runner) shortfall() string {
	step, ok := r.run.Worst()
	asked := stepOptions(r.opts, nil)
	if !ok || step.Exact || approximations(asked) != "" || asked.Inverse != gnstep.Split {
		return ""
	}
	return shortfall(step, r.vars.Config, r.batch, asked.Carry)
}

// shortfall names the coupling that kept the fewest of the batch's directions: one of the top block's, where that takes over what the others leave.
func shortfall(step record.StepRecord, c model.Config, batch int, carry bool) string {
	if step.GaussNewton == nil || len(step.Couplings) < 2 {
		return ""
	}
	from := 0
	if carry {
		from = len(step.Couplings) - 2
	}
	least := slices.MinFunc(step.Couplings[from:], func(a, b record.Coupling) int { return cmp.Compare(a.Rank, b.Rank) })
	if least.Rank >= batch {
		return ""
	}
	i := slices.IndexFunc(step.Couplings, func(o record.Coupling) bool { return o.Name == least.Name })
	return fmt.Sprintf("step %d: %s kept %d of %d directions; try %s", step.Step, least.Name, least.Rank, batch, remedies(c, i, batch, carry))
}

// remedies name what can raise the rank of coupling i to that of the batch, or do without it.
func remedies(c model.Config, i, batch int, carry bool) string {
	var all []string
	if !carry {
		all = append(all, "--carry")
	}
	if c.DType.Size() < 8 && c.RankBound(i) >= batch {
		all = append(all, "--dtype f64")
	}
	if c.ActivationOf(i) != model.Identity {
		all = append(all, "a larger --hidden")
	}
	if len(all) == 0 {
		return "a smaller --batch-size"
	}
	return strings.Join(all, ", ") + " or a smaller --batch-size"
}
