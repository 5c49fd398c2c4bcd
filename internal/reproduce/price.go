// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"slices"

	"revgn/internal/claims"
	"revgn/internal/sweep"
)

// Line is what a cell of a study comes to.
type Line struct {
	Cell    Cell
	Tuning  int // runs, where the best of the grid is inside it and stays the best
	Judged  int
	Over    int
	Steps   int     // of one run
	Seconds float64 // that what is not over takes, where Priced
	Priced  bool
	With    string // the arm with which it shares all its runs, and which they are counted with; "" for none
}

// Prices are the seconds that runs take, by their kind.
type Prices struct {
	runs  map[string]mean // of whole runs that are done
	steps map[string]float64
}

type mean struct {
	sum float64
	n   int
}

// Plan lists the cells of the study, each once, in the order in which they are made, with what they take by prices.
func (s *Session) Plan(p Prices) ([]Line, error) {
	var lines []Line
	seen := map[string]string{}
	for _, task := range s.study.Tasks {
		cells, err := s.Look(task, s.study.Claims)
		if err != nil {
			return nil, err
		}
		for _, cell := range cells {
			line, err := s.line(cell, p, seen)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// line prices a cell. A run that serves several arms counts with the first of them.
func (s *Session) line(p Progress, prices Prices, seen map[string]string) (Line, error) {
	judged, err := s.foreseen(p)
	if err != nil {
		return Line{}, err
	}
	l := Line{Cell: p.Cell, Priced: true, Steps: stepsOf(judged[0].Run)}
	if p.Tuned && p.Judged == nil { // no rate can be had
		judged = nil
	}
	for i, k := range slices.Concat(p.Tuning, judged) {
		id := string(p.Cell.Dir) + k.Run.ID
		if first, counted := seen[id]; counted {
			l.With = first
			continue
		}
		seen[id] = p.Cell.Arm.Name
		if i < len(p.Tuning) {
			l.Tuning++
		} else {
			l.Judged++
		}
		if k.Over {
			l.Over++
			continue
		}
		seconds, ok, err := prices.of(k.Run)
		if err != nil {
			return Line{}, err
		}
		l.Seconds += seconds
		l.Priced = l.Priced && ok
	}
	if l.Tuning+l.Judged > 0 {
		l.With = ""
		err = s.confirming(p, prices, judged, &l)
	}
	return l, err
}

// confirming adds what the other tuning seeds will at least make where the first has not come to a rate yet: a run each at that rate.
func (s *Session) confirming(p Progress, prices Prices, judged []Known, l *Line) error {
	first := s.study.Scale.TuningSeeds()[0]
	if p.Tuned || len(p.Cell.Arm.Rate.Grid) == 0 || len(judged) == 0 || slices.ContainsFunc(p.Tuning, func(k Known) bool { return k.Seed != first }) {
		return nil
	}
	more := len(s.study.Scale.TuningSeeds()) - 1
	seconds, ok, err := prices.of(judged[0].Run)
	l.Tuning, l.Seconds, l.Priced = l.Tuning+more, l.Seconds+float64(more)*seconds, l.Priced && ok
	return err
}

// stepsOf are those of a run, which has all the samples that it asks for.
func stepsOf(run sweep.Run) int { return run.Options.TotalSteps(run.Options.TrainSize) }

// foreseen are the judged runs of a cell, those of some rate within its grid while none is chosen: how long a run takes hardly depends on it.
func (s *Session) foreseen(p Progress) ([]Known, error) {
	if p.Judged != nil {
		return p.Judged, nil
	}
	arm := p.Cell.Arm
	if as := arm.Rate.As; as != "" {
		var err error
		if arm, err = claims.FindArm(as); err != nil {
			return nil, err
		}
	}
	grid := s.study.Scale.Grid(arm)
	some := grid[len(grid)/2] * 1.001 // no rate that another arm has for certain: runs that are not known yet are not shared ones
	s.mu.Lock()
	defer s.mu.Unlock()
	planned, err := s.library.judged(p.Cell, some)
	known := make([]Known, len(planned))
	for i, q := range planned {
		known[i] = Known{Planned: q}
	}
	return known, err
}

// of foretells what a run takes: as long as others of its kind did, or its steps alone.
func (p Prices) of(run sweep.Run) (seconds float64, known bool, err error) {
	if m, ok := p.runs[sweep.Kind(run)]; ok {
		return m.sum / float64(m.n), true, nil
	}
	parts, err := stretches(run)
	known = err == nil
	for _, part := range parts {
		step, ok := p.steps[stepKind(part.run)]
		seconds, known = seconds+step*float64(part.steps), known && ok
	}
	return seconds, known, err
}

// stretch is a part of a run with steps of one kind.
type stretch struct {
	run   sweep.Run
	steps int
}

// stretches are what a run consists of: two where it goes on with another optimizer.
func stretches(run sweep.Run) ([]stretch, error) {
	steps, o := stepsOf(run), run.Options
	if o.Switch.Epoch == 0 {
		return []stretch{{run, steps}}, nil
	}
	later, err := o.After(o.Switch)
	before := steps * o.Switch.Epoch / o.Epochs
	return []stretch{{run, before}, {sweep.Run{ID: run.ID, Options: later}, steps - before}}, err
}

// Known are the prices that runs which are done tell.
func (s *Session) Known() (Prices, error) {
	p := Prices{map[string]mean{}, map[string]float64{}}
	for _, task := range s.study.Tasks {
		cells, err := s.Look(task, s.study.Claims)
		if err != nil {
			return p, err
		}
		for _, c := range cells {
			for _, k := range slices.Concat(c.Tuning, c.Judged) {
				if k.State.Status == sweep.Done {
					m := p.runs[sweep.Kind(k.Run)]
					p.runs[sweep.Kind(k.Run)] = mean{m.sum + k.State.Seconds, m.n + 1}
				}
			}
		}
	}
	return p, nil
}
