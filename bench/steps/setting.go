// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"revgn/internal/record"
)

// dataOf names the data of the runs, as in " on mnist (60000 training and 10000 test samples)".
func dataOf(rows []row) string {
	text := distinct(rows, func(m record.Manifest) string {
		return fmt.Sprintf("%s (%d training and %d test samples)", m.Data, m.TrainSamples, m.TestSamples)
	})
	if text == "" {
		return ""
	}
	return " on " + text
}

// settingLead begins the line that says where runs were made.
const settingLead = "Runs: "

// joinSettings tells the runs made here from those that the document had, of which it says where.
func joinSettings(where string, rows []row) string {
	var here []string
	for _, r := range rows {
		here = append(here, r.method.name)
	}
	where, _, _ = strings.Cut(where, settingOther)
	if len(here) == 0 {
		return where
	}
	return where + settingOther + strings.Join(here, ", ") + ": " + strings.TrimPrefix(setting(rows), settingLead)
}

// settingOther begins what is said of some rows alone.
const settingOther = " Of "

// setting says where the runs were made and by what. Several values stand side by side where runs differ.
func setting(rows []row) string {
	return settingLead + fmt.Sprintf("backend %s, %s, %s cores, revgn %s, %s.",
		distinct(rows, func(m record.Manifest) string { return m.Backend }),
		distinct(rows, func(m record.Manifest) string { return m.DType }),
		distinct(rows, func(m record.Manifest) string { return fmt.Sprint(m.Host.CPUs) }),
		distinct(rows, version),
		distinct(rows, func(m record.Manifest) string { return m.GoVersion }))
}

func version(m record.Manifest) string {
	if m.GitRevision == "" {
		return m.Version
	}
	text := m.GitRevision[:min(7, len(m.GitRevision))]
	if m.Changed() {
		text += " with changes"
	}
	return text
}

// distinct joins the different values of a field over the runs of the table.
func distinct(rows []row, field func(record.Manifest) string) string {
	var seen []string
	for _, r := range rows {
		for _, run := range r.runs {
			if v := field(run.manifest); !slices.Contains(seen, v) {
				seen = append(seen, v)
			}
		}
	}
	return strings.Join(seen, " and ")
}
