// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Selection says which checkpoints of a run are meant; its zero value is the newest.
type Selection struct {
	All   bool
	Steps []int // neither All nor Steps: the newest
}

// ParseSelection reads newest, all, or steps with commas between.
func ParseSelection(text string) (Selection, error) {
	switch text {
	case "newest":
		return Selection{}, nil
	case "all":
		return Selection{All: true}, nil
	}
	var s Selection
	for part := range strings.SplitSeq(text, ",") {
		step, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || step < 0 {
			return Selection{}, fmt.Errorf("got %q; want newest, all, or steps such as 60 or 0,20,40 (0 is the initial network)", text)
		}
		s.Steps = append(s.Steps, step)
	}
	slices.Sort(s.Steps)
	s.Steps = slices.Compact(s.Steps)
	return s, nil
}

// Select lists the steps of the run that are meant, ascending. All begins with 0, the initial network.
func (r *Run) Select(s Selection) ([]int, error) {
	have, err := r.Checkpoints()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(have, 0) {
		have = slices.Insert(have, 0, 0)
	}
	switch {
	case s.All:
		return have, nil
	case s.Steps == nil:
		return have[len(have)-1:], nil
	}
	for _, step := range s.Steps {
		if !slices.Contains(have, step) {
			return nil, fmt.Errorf("%s has no checkpoint of step %d; it has %s (a run keeps the newest two, and with --checkpoint-every N every N-th)",
				r.Dir(), step, list(have))
		}
	}
	return s.Steps, nil
}

// list writes steps, the middle of long lists left out.
func list(steps []int) string {
	text := make([]string, len(steps))
	for i, s := range steps {
		text[i] = strconv.Itoa(s)
	}
	if len(text) > 8 {
		text = slices.Concat(text[:4], []string{"..."}, text[len(text)-3:])
	}
	return strings.Join(text, ", ")
}
