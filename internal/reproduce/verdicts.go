// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"iter"
	"maps"
	"math"
	"slices"

	"revgn/internal/claims"
	"revgn/internal/number"
)

// Verdicts judges every claim of which all runs are over, asked for now or before, and lists those that are asked for and have to wait.
func (s *Session) Verdicts(version string) (claims.Verdicts, error) {
	var verdicts []claims.Verdict
	var waiting []claims.Waiting
	var tuned []claims.Tuned
	for _, task := range claims.Tasks(s.study.Scale) {
		cells, err := s.Look(task, claims.Claims())
		if err != nil {
			return claims.Verdicts{}, err
		}
		over := s.over(cells)
		var told []claims.Claim
		for _, c := range claims.Claims() {
			switch w := s.waiting(c, task, over); {
			case w.Made == w.Of:
				verdicts = append(verdicts, s.judge(c, task, cells))
			case s.study.asks(c, task):
				waiting = append(waiting, w)
			default:
				continue
			}
			told = append(told, c)
		}
		of, err := s.study.cells(task, told)
		if err != nil {
			return claims.Verdicts{}, err
		}
		tuned = append(tuned, s.tuned(cells, of)...)
	}
	all := claims.Collect(version, s.study.Scale, tuned, verdicts, waiting)
	all.Options = s.study.Extra
	return all, nil
}

// asks says that a claim is to be put to the test on a task.
func (s Study) asks(c claims.Claim, task claims.Task) bool {
	return slices.ContainsFunc(s.Claims, func(o claims.Claim) bool { return o.ID == c.ID && o.Variation == c.Variation }) &&
		slices.ContainsFunc(s.Tasks, func(o claims.Task) bool { return o.Name == task.Name })
}

// place is a cell as claims name it, with or without its analysis of CKA.
type place struct {
	setting, arm string
	cka          bool
}

// over is how many judged runs of each cell are over.
func (s *Session) over(cells []Progress) map[place]int {
	over := map[place]int{}
	wanting := map[string]bool{}
	for _, a := range s.analysesOf(cells) {
		wanting[a.run.Path] = true
	}
	for _, p := range cells {
		at, analysed := place{p.Cell.Setting.Name, p.Cell.Arm.Name, false}, place{p.Cell.Setting.Name, p.Cell.Arm.Name, true}
		if p.Tuned && p.Judged == nil { // no rate gives a finite loss, so there is nothing to wait for
			over[at], over[analysed] = len(s.study.Scale.Seeds()), len(s.study.Scale.Seeds())
		}
		for _, k := range p.Judged {
			if k.Over {
				over[at]++
			}
			if k.Over && !wanting[k.Path] {
				over[analysed]++
			}
		}
	}
	return over
}

// judge judges a claim once. Its runs are held no longer: thousands of steps of hundreds of runs would not fit beside training.
func (s *Session) judge(c claims.Claim, task claims.Task, cells []Progress) claims.Verdict {
	key := task.Name + " " + c.Name()
	s.mu.Lock()
	v, ok := s.judged[key]
	s.mu.Unlock()
	if ok {
		return v
	}
	v = claims.Judge(c, task.Name, s.runsOf(c, cells), s.study.Scale.Seeds())
	s.mu.Lock()
	s.judged[key] = v
	s.mu.Unlock()
	return v
}

// runsOf opens the runs of a claim that have ended. It misses those that cannot be read.
func (s *Session) runsOf(c claims.Claim, cells []Progress) claims.Runs {
	runs := claims.Runs{}
	for _, wanted := range claims.Cells([]claims.Claim{c}) {
		for _, p := range cells {
			if p.Cell.Setting.Name != wanted.Setting || p.Cell.Arm.Name != wanted.Arm {
				continue
			}
			for _, k := range p.Judged {
				if !k.State.Ended {
					continue
				}
				view, err := claims.OpenRun(k.Path)
				if err != nil {
					s.giveUp(k.Path, err.Error())
					continue
				}
				runs[claims.Key{Setting: wanted.Setting, Arm: wanted.Arm, Seed: k.Seed}] = view
			}
		}
	}
	return runs
}

func (s *Session) waiting(c claims.Claim, task claims.Task, over map[place]int) claims.Waiting {
	w := claims.Waiting{Claim: c.ID, Variation: c.Variation, Task: task.Name, Statement: c.Statement}
	for _, cell := range claims.Cells([]claims.Claim{c}) {
		w.Made += over[place{cell.Setting, cell.Arm, cell.CKA}]
		w.Of += len(s.study.Scale.Seeds())
	}
	return w
}

// tuned tells how the rates of some cells were chosen, of the searches that are over.
func (s *Session) tuned(cells []Progress, of []Cell) []claims.Tuned {
	var all []claims.Tuned
	for _, p := range cells {
		if len(p.Tuning) == 0 || !p.Tuned || !slices.ContainsFunc(of, func(c Cell) bool { return c.Arm.Name == p.Cell.Arm.Name && c.Dir == p.Cell.Dir }) {
			continue
		}
		t := claims.Tuned{Task: p.Cell.Task, Setting: p.Cell.Setting.Name, Arm: p.Cell.Arm.Name, Seeds: s.study.Scale.TuningSeeds(), Rate: number.Number(p.Choice.Rate), Edge: p.Choice.Edge}
		if p.Choice.Rate == 0 {
			t.Rate = number.Number(math.NaN())
		}
		for rate, losses := range lossesByRate(p) {
			t.Rates, t.Losses, t.Runs = append(t.Rates, number.Number(rate)), append(t.Losses, number.Number(together(losses))), append(t.Runs, len(losses))
		}
		for _, rate := range p.Discarded {
			t.Discarded = append(t.Discarded, number.Number(rate))
		}
		all = append(all, t)
	}
	return all
}

// lossesByRate goes through the rates of a search in their order, each with the losses of its seeds.
func lossesByRate(p Progress) iter.Seq2[float64, map[uint64]float64] {
	return func(yield func(float64, map[uint64]float64) bool) {
		for i := 0; i < len(p.Tuning); {
			rate, losses := p.Tuning[i].Rate, map[uint64]float64{}
			for ; i < len(p.Tuning) && p.Tuning[i].Rate == rate; i++ {
				losses[p.Tuning[i].Seed] = score(p.Cell.Arm, p.Tuning[i].State)
			}
			if !yield(rate, losses) {
				return
			}
		}
	}
}

// Failures are runs and analyses that this process gave up, with why.
func (s *Session) Failures() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.gaveUp)
}
