// SPDX-License-Identifier: Apache-2.0

package task

import (
	"fmt"
	"strings"
)

// The names of the tasks.
const (
	TeacherName   = "teacher"
	SyntheticName = "synthetic"
)

// Names lists the tasks.
func Names() []string { return []string{TeacherName, SyntheticName} }

// Is says whether a data set's name is that of a task, whether or not its options hold.
func Is(name string) bool {
	kind, _, _ := strings.Cut(name, ":")
	return kind == TeacherName || kind == SyntheticName
}

// Parse reads a name with its options: a [Teacher] or a [Synthetic]. The error names the task.
func Parse(name string) (any, error) {
	kind, text, options := strings.Cut(name, ":")
	if !Is(name) {
		return nil, fmt.Errorf("got %.60q; want %s", name, strings.Join(Names(), " or "))
	}
	if options && text == "" {
		return nil, fmt.Errorf("%s: %w", kind, errEmpty)
	}
	var parsed any
	var err error
	switch {
	case kind == TeacherName && options:
		parsed, err = ParseTeacher(text)
	case kind == TeacherName:
		parsed = DefaultTeacher()
	case kind == SyntheticName && options:
		parsed, err = ParseSynthetic(text)
	default:
		parsed = DefaultSynthetic()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return parsed, nil
}
