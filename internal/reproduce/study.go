// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/nearest"
	"revgn/internal/safefile"
	"revgn/internal/sweep"
)

// Study is what is asked for.
type Study struct {
	Dir    string
	Scale  claims.Scale
	Claims []claims.Claim
	Tasks  []claims.Task
	Extra  []claims.Option // of every run, such as the backend
}

// Cell is an arm in a setting of a task.
type Cell struct {
	Task    string
	Setting claims.Setting
	Arm     claims.Arm
	CKA     bool
	Dir     sweep.Directory
}

// String is what people know a cell by.
func (c Cell) String() string { return c.Task + " " + c.Setting.Name + " " + c.Arm.Name }

// cells are those of claims on a task, each once and after the one whose rate it takes.
func (s Study) cells(task claims.Task, of []claims.Claim) ([]Cell, error) {
	var wanted []claims.Cell
	for _, c := range claims.Cells(of) {
		arm, err := claims.FindArm(c.Arm)
		if err != nil {
			return nil, err
		}
		if arm.Rate.As != "" {
			wanted = append(wanted, claims.Cell{Setting: c.Setting, Arm: arm.Rate.As})
		}
		wanted = append(wanted, c)
	}
	var cells []Cell
	for _, c := range wanted {
		cell, err := s.cell(task, c)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(cells, func(o Cell) bool { return o.Arm.Name == cell.Arm.Name && o.Dir == cell.Dir }); i >= 0 {
			cells[i].CKA = cells[i].CKA || cell.CKA
			continue
		}
		cells = append(cells, cell)
	}
	return cells, nil
}

func (s Study) cell(task claims.Task, c claims.Cell) (Cell, error) {
	arm, err := claims.FindArm(c.Arm)
	if err != nil {
		return Cell{}, err
	}
	setting, err := task.Setting(c.Setting)
	if err != nil {
		return Cell{}, err
	}
	return Cell{task.Name, setting, arm, c.CKA, sweep.Directory(filepath.Join(s.Dir, task.Name, c.Setting))}, nil
}

// SelectClaims finds claims by what people call them: "2" for all variations of claim 2, "2:exact" for one. None means all.
func SelectClaims(names []string) ([]claims.Claim, error) {
	all := claims.Claims()
	if len(names) == 0 {
		return all, nil
	}
	var known, picked []string
	for _, c := range all {
		known = append(known, c.ID, c.Name())
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, unknownClaim(name, known, all)
		}
		picked = append(picked, name)
	}
	return slices.DeleteFunc(all, func(c claims.Claim) bool {
		return !slices.Contains(picked, c.ID) && !slices.Contains(picked, c.Name())
	}), nil
}

// unknownClaim says what there is in place of a claim, or of a variation of one, that is not.
func unknownClaim(name string, known []string, all []claims.Claim) error {
	id, _, varied := strings.Cut(name, ":")
	var variations []string
	for _, c := range all {
		if c.ID == id && c.Name() != id {
			variations = append(variations, c.Name())
		}
	}
	if varied && len(variations) > 0 {
		return fmt.Errorf("claim %s has no variation %q; want %s, or %[1]s for all%[4]s", id, name, strings.Join(variations, ", "), nearest.Hint(name, variations))
	}
	return fmt.Errorf("there is no claim %q; want one of %s, or one of its variations such as 2:exact%s", name, strings.Join(ids(all), ", "), nearest.Hint(name, known))
}

func ids(all []claims.Claim) []string {
	var names []string
	for _, c := range all {
		if !slices.Contains(names, c.ID) {
			names = append(names, c.ID)
		}
	}
	return names
}

// SelectTasks finds tasks of a scale by name. None means all.
func SelectTasks(scale claims.Scale, names []string) ([]claims.Task, error) {
	all := claims.Tasks(scale)
	var known []string
	for _, t := range all {
		known = append(known, t.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("task: got %q; at scale %s there are %s%s", name, scale, strings.Join(known, ", "), nearest.Hint(name, known))
		}
	}
	if len(names) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(t claims.Task) bool { return !slices.Contains(names, t.Name) }), nil
}

// Check refuses a directory that holds another study: at another scale, whose runs are of the same tasks, or with another backend, with which everything would be made anew.
func (s Study) Check() error {
	text, err := safefile.Read(s.VerdictsPath(), claims.MaxVerdicts)
	if errors.Is(err, fs.ErrNotExist) {
		return s.checkEmpty()
	}
	var there struct {
		Scale   claims.Scale
		Options []claims.Option
	}
	if err == nil {
		err = json.Unmarshal(text, &there)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w (move it away: it is written anew from the runs)", s.VerdictsPath(), err)
	}
	switch {
	case there.Scale == "":
		return fmt.Errorf("out: %s is not of this program; choose another directory", s.VerdictsPath())
	case there.Scale != s.Scale:
		return fmt.Errorf("out: %s holds a study at scale %s, not %s; give --scale %[2]s, or choose another directory", s.Dir, there.Scale, s.Scale)
	case !slices.Equal(there.Options, s.Extra):
		return fmt.Errorf("out: %s holds a study with %s, not %s; give the same, or choose another directory", s.Dir, given(there.Options), given(s.Extra))
	}
	return nil
}

// checkEmpty refuses a directory that holds anything but what a plan measured.
func (s Study) checkEmpty() error {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("out: cannot read %s: %w", s.Dir, safefile.Cause(err))
	}
	for _, e := range entries {
		if e.Name() != planDir {
			return fmt.Errorf("out: %s holds no study, but %s; choose another directory", s.Dir, e.Name())
		}
	}
	return nil
}

func given(options []claims.Option) string {
	if len(options) == 0 {
		return "no --backend"
	}
	var parts []string
	for _, o := range options {
		parts = append(parts, "--"+o.Name+" "+o.Value)
	}
	return strings.Join(parts, " ")
}

// VerdictsPath is where verdicts are written.
func (s Study) VerdictsPath() string { return filepath.Join(s.Dir, claims.VerdictsFile) }
