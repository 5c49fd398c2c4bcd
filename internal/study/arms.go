// SPDX-License-Identifier: Apache-2.0

package study

import (
	"context"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"revgn/internal/claims"
	"revgn/internal/report"
)

// curvePoints is how many points a curve has at most.
const curvePoints = 300

// cell is an arm in a setting of a task.
type cell struct{ task, setting, arm string }

// arm is the runs of a cell, by ascending seed.
type arm struct {
	*report.Group
	seeds []uint64
}

// library finds the runs of a study, and reads those of an arm when a figure first asks for them.
type library struct {
	dir   string
	names map[cell]map[uint64]string // of the runs' directories
	read  map[cell]*arm
}

func newLibrary(dir string, verdicts []claims.Verdict) *library {
	l := &library{dir, map[cell]map[uint64]string{}, map[cell]*arm{}}
	for _, v := range verdicts {
		for _, r := range v.Runs {
			at := cell{v.Task, r.Setting, r.Arm}
			if !isName(v.Task) || !isName(r.Setting) || !isName(r.Run) {
				continue
			}
			if l.names[at] == nil {
				l.names[at] = map[uint64]string{}
			}
			l.names[at][r.Seed] = r.Run
		}
	}
	return l
}

// isName tells whether text names something in a directory, and not the directory, its parent or a path.
func isName(s string) bool { return filepath.IsLocal(s) && s != "." && filepath.Base(s) == s }

// arm returns an arm of a cell, nil where none of its runs can be read.
func (l *library) arm(ctx context.Context, at cell) (*arm, error) {
	if a, ok := l.read[at]; ok {
		return a, nil
	}
	var dirs []string
	a := &arm{}
	for _, seed := range slices.Sorted(maps.Keys(l.names[at])) {
		if dir, ok := l.runDir(at, l.names[at][seed]); ok {
			dirs, a.seeds = append(dirs, dir), append(a.seeds, seed)
		}
	}
	if len(dirs) == 0 {
		l.read[at] = nil
		return nil, nil
	}
	group, err := report.LoadGroup(ctx, label(at.arm), dirs, curvePoints)
	if err != nil {
		return nil, err
	}
	a.Group = group
	l.read[at] = a
	return a, nil
}

// runDir is where a run lies, false where it does not. A link on the way is not followed: it may lead out of the study.
func (l *library) runDir(at cell, run string) (string, bool) {
	dir := l.dir
	for _, part := range []string{at.task, at.setting, "runs", run} {
		dir = filepath.Join(dir, part)
		if st, err := os.Lstat(dir); err != nil || !st.IsDir() {
			return "", false
		}
	}
	st, err := os.Stat(filepath.Join(dir, "config.yaml"))
	return dir, err == nil && st.Mode().IsRegular()
}

// ended tells whether a run came to its end.
func ended(r *report.Run) bool { return r.Status() == "done" }

// last is the value of a run's quantity at its end, NaN where it has none or did not end well.
func last(r *report.Run, quantity string) float64 {
	t := r.Traces[quantity]
	if t == nil || !ended(r) || t.Lost > 0 {
		return math.NaN()
	}
	return t.Last()
}

// name is what a curve of the arm is called: its label with its rate, but where runs go on with another optimizer at a rate of its own.
func (a *arm) name() string {
	rate := positive(a, "lr")
	if rate == 0 || report.ValueOf(a.Runs[0].Options, "switch") != "" {
		return a.Label
	}
	return a.Label + ", lr " + strconv.FormatFloat(rate, 'g', -1, 64)
}

// positive is an option of an arm's runs, 0 where it is not a positive number.
func positive(a *arm, option string) float64 {
	v, err := strconv.ParseFloat(report.ValueOf(a.Runs[0].Options, option), 64)
	if err != nil || !(v > 0) || !finite(v) {
		return 0
	}
	return v
}
