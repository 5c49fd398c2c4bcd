// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"revgn/data"
	"revgn/internal/claims"
	"revgn/internal/reproduce"
)

// lacking are the data sets of tasks that are not there.
func (o reproduceOptions) lacking(tasks []claims.Task) []data.Entry {
	dir, err := data.Dir(o.on.DataDir)
	if err != nil {
		return nil // the runs will say it
	}
	return slices.DeleteFunc(data.List(dir), func(e data.Entry) bool {
		return e.Present || !slices.ContainsFunc(tasks, func(t claims.Task) bool { return t.Name == e.Name })
	})
}

func lackingText(lacking []data.Entry) string {
	var list []string
	for _, e := range lacking {
		list = append(list, fmt.Sprintf("%s is not there (revgn data get %s, or point --data-dir at the folder that holds it)", e.Name, e.Name))
	}
	return strings.Join(list, "; ")
}

// checkData refuses a study with runs to make of data that are not there.
func (o reproduceOptions) checkData(s *reproduce.Session) error {
	lacking := o.lacking(s.Study().Tasks)
	if len(lacking) == 0 {
		return nil
	}
	lines, err := s.Plan(reproduce.Prices{})
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(lacking, func(e data.Entry) bool {
		return !slices.ContainsFunc(lines, func(l reproduce.Line) bool { return l.Cell.Task == e.Name && l.Over < l.Tuning+l.Judged })
	})
	if len(missing) > 0 {
		return fmt.Errorf("data: %s", lackingText(missing))
	}
	return nil
}
