// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"slices"

	"revgn/internal/number"
	"revgn/internal/stats"
)

// VerdictsFile is the name by which a directory is known as that of a study, MaxVerdicts how large the file may be; all claims on two tasks take one of its 64 MiB.
const (
	VerdictsFile = "verdicts.json"
	MaxVerdicts  = 64 << 20
)

// Verdicts is the content of VerdictsFile.
type Verdicts struct {
	Format   int           `json:"format"`
	Version  string        `json:"version"` // of the program that judged
	Scale    Scale         `json:"scale"`
	Level    number.Number `json:"level"` // of the intervals
	Rule     string        `json:"rule"`
	Options  []Option      `json:"options,omitempty"` // of every run, beside those of its arm: the backend, where it was named
	Tasks    []TaskNote    `json:"tasks"`
	Tuning   []Tuned       `json:"tuning"`
	Verdicts []Verdict     `json:"verdicts"`
	Waiting  []Waiting     `json:"waiting,omitempty"` // claims whose runs are not all made yet
}

// TaskNote is a task with what a reader must know of it.
type TaskNote struct {
	Name string `json:"name"`
	Note string `json:"note"`
}

// Waiting is a claim that is not judged yet.
type Waiting struct {
	Claim     string    `json:"claim"`
	Variation Variation `json:"variation"`
	Task      string    `json:"task"`
	Statement string    `json:"statement"`
	Made      int       `json:"runs_made"` // of the runs behind its verdict, tuning apart
	Of        int       `json:"runs"`
}

// Tuned says how the rate of an arm was chosen.
type Tuned struct {
	Task    string          `json:"task"`
	Setting string          `json:"setting"`
	Arm     string          `json:"arm"`
	Seeds   []uint64        `json:"seeds"`          // the first made a run at every rate, the others where a rate was the best so far
	Rates   []number.Number `json:"rates"`          // all that were tried
	Losses  []number.Number `json:"losses"`         // over the training part at the end, their geometric mean over the seeds; null where a run diverged, or was not EXACT though its arm is
	Runs    []int           `json:"runs"`           // seeds behind each loss
	Rate    number.Number   `json:"rate"`           // null where none gave a finite loss
	Edge    bool            `json:"edge,omitempty"` // it lies at the edge of a grid that grew as far as it may
	// Discarded are rates that did better but at which a run of a judged seed diverged, or was not EXACT though its arm is.
	Discarded []number.Number `json:"discarded,omitempty"`
}

const verdictsFormat = 1

const rule = "A part HOLDS where the 95 % t interval of its mean over paired seeds lies wholly on the claimed side of the threshold, FAILS where it lies wholly on the other, else INCONCLUSIVE. " +
	"A claim HOLDS where all its parts do, FAILS where one does after Holm's correction for their number, else INCONCLUSIVE, as where a premise does not hold or a run is missing. " +
	"p is the largest one-sided p of all parts, p_holm is corrected for all verdicts here."

// Collect puts verdicts together and corrects their p-values for being many.
func Collect(version string, scale Scale, tuning []Tuned, verdicts []Verdict, waiting []Waiting) Verdicts {
	p := make([]float64, len(verdicts))
	for i, v := range verdicts {
		p[i] = float64(v.P)
	}
	for i, q := range stats.Holm(p) {
		verdicts[i].PHolm = number.Number(q)
	}
	for i := range verdicts {
		verdicts[i].Warnings = append(verdicts[i].Warnings, handicaps(verdicts[i], tuning)...)
	}
	var tasks []TaskNote
	for _, t := range Tasks(scale) {
		tasks = append(tasks, TaskNote{t.Name, t.Note})
	}
	// Appending to empty lists makes lists of nil: a file has no null in the place of one.
	return Verdicts{Format: verdictsFormat, Version: version, Scale: scale, Level: level, Rule: rule, Tasks: tasks, Tuning: append([]Tuned{}, tuning...), Verdicts: append([]Verdict{}, verdicts...), Waiting: waiting}
}

// handicaps warns of arms whose best rate may lie beyond all that were tried, or that could not have it.
func handicaps(v Verdict, tuning []Tuned) []string {
	var warnings []string
	for _, t := range tuning {
		if t.Task != v.Task || !slices.ContainsFunc(v.Runs, func(r RunUsed) bool { return r.Setting == t.Setting && r.Arm == t.Arm }) {
			continue
		}
		if t.Edge {
			warnings = append(warnings, "the rate of "+t.Arm+" lies at the edge of its grid: it might do better beyond")
		}
		for _, rate := range t.Discarded {
			warnings = append(warnings, fmt.Sprintf("%s has rate %g: at %g, which did better by the tuning seeds, a judged run diverged or was not EXACT", t.Arm, float64(t.Rate), float64(rate)))
		}
	}
	return warnings
}

// Counted says how many verdicts there are of each kind.
func Counted(verdicts []Verdict) string {
	count := map[Outcome]int{}
	for _, v := range verdicts {
		count[v.Verdict]++
	}
	return fmt.Sprintf("%d HOLDS, %d FAILS, %d INCONCLUSIVE", count[Holds], count[Fails], count[Inconclusive])
}
