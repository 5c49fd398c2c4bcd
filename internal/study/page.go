// SPDX-License-Identifier: Apache-2.0

package study

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/report"
)

//go:embed assets/study.html
var pageText string

//go:embed assets/study.css
var pageStyle string

//go:embed assets/study.js
var pageScript string

// page is what the template is given.
type page struct {
	report.Head
	Lead     string
	Scale    string
	Tasks    []claims.TaskNote
	Rule     string
	Version  string
	Overview *report.Table
	Verdicts *report.Table
	Waiting  *report.Table
	Filters  []filter
	Details  []detail
	Tuning   *report.Table
	Subjects []pageSubject
	Files    []string
}

// filter is a column of the table of verdicts with the values that it has.
type filter struct {
	Column string
	Values []string
}

// detail is a verdict with everything behind it.
type detail struct {
	ID string
	claims.Verdict
	Class  string
	Forest template.HTML
	Parts  report.Table
	Runs   report.Table
}

// Definitions are the premises and parts, for what they measure and why.
func (d detail) Definitions() []claims.PartResult {
	return append(d.Premises[:len(d.Premises):len(d.Premises)], d.Verdict.Parts...)
}

// Why is the reason of the verdict, unless that is what Troubles tells.
func (d detail) Why() string {
	if d.Verdict.Verdict == claims.Inconclusive && len(d.Troubles()) > 0 {
		return ""
	}
	return d.Reason
}

// Troubles are why parts have no interval of all seeds, each reason once, with the parts that it is of.
func (d detail) Troubles() []string {
	var reasons []string
	of := map[string][]string{}
	for _, r := range d.Definitions() {
		if judged := len(r.Values) == len(d.Seeds) && r.Low < r.High; r.Reason == "" || judged {
			continue
		}
		if of[r.Reason] == nil {
			reasons = append(reasons, r.Reason)
		}
		of[r.Reason] = append(of[r.Reason], r.Name)
	}
	for i, reason := range reasons {
		reasons[i] = strings.Join(of[reason], ", ") + ": " + reason
	}
	return reasons
}

type pageSubject struct {
	ID, Title, Paper, Look string
	Panels                 []report.PagePanel
}

// writePage writes report.html.
func writePage(w io.Writer, v claims.Verdicts, figures []shown, files []string) error {
	var all []report.Panel
	p := page{Lead: lead(v), Scale: scaleNote(v.Scale), Tasks: v.Tasks, Rule: v.Rule, Version: v.Version, Files: files, Filters: filters(v), Details: details(v)}
	for _, s := range figures {
		ps := pageSubject{ID: s.id, Title: s.title, Paper: s.paper, Look: s.look}
		for _, panel := range s.panels {
			ps.Panels = append(ps.Panels, panel.OnPage())
		}
		all = append(all, s.panels...)
		p.Subjects = append(p.Subjects, ps)
	}
	p.Overview = unlessEmpty(overview(v))
	p.Verdicts, p.Waiting, p.Tuning = unlessEmpty(verdictTable(v)), unlessEmpty(waitingTable(v)), unlessEmpty(tuningTable(v))
	var err error
	if p.Head, err = report.NewHead(pageTitle(v), report.NewLinesData(all), pageStyle, pageScript); err != nil {
		return err
	}
	return report.WriteDocument(w, pageText, p)
}

func unlessEmpty(t report.Table) *report.Table {
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

func pageTitle(v claims.Verdicts) string {
	return fmt.Sprintf("Exact Gauss-Newton training (arXiv 2411.07979): verdicts at scale %s", v.Scale)
}

// lead counts the verdicts, those of the paper's claims and those of the open questions apart.
func lead(v claims.Verdicts) string {
	var paper, open []claims.Verdict
	for _, one := range v.Verdicts {
		if claims.OfPaper(one.Claim) {
			paper = append(paper, one)
		} else {
			open = append(open, one)
		}
	}
	var parts []string
	for _, group := range []struct {
		name     string
		verdicts []claims.Verdict
	}{{"on the paper's claims", paper}, {"on questions that it leaves open (9 and on)", open}} {
		if len(group.verdicts) > 0 {
			parts = append(parts, claims.Counted(group.verdicts)+" "+group.name)
		}
	}
	s := number.Plural(len(v.Verdicts), "verdict")
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	s += "."
	if n := len(v.Waiting); n > 0 {
		s += fmt.Sprintf(" %s for runs that are not made yet.", waits(n))
	}
	return s
}

func waits(n int) string {
	if n == 1 {
		return "1 claim waits"
	}
	return fmt.Sprintf("%d claims wait", n)
}

// scaleNote says what runs of a scale can show.
func scaleNote(s claims.Scale) string {
	switch s {
	case claims.Smoke:
		return "Scale smoke shows that the machinery works from the runs to the verdicts. It is no evidence for or against the paper, whose networks, data and training are far larger."
	case claims.CPU:
		return "Scale cpu is reduced: narrower and shallower networks, part of the data and fewer epochs than published. A verdict here is about these runs, not yet about the published sizes."
	case claims.Paper:
		return "Scale paper has the published sizes, apart from what is said of each task."
	}
	return ""
}

func filters(v claims.Verdicts) []filter {
	list := []filter{{Column: "verdict"}, {Column: "variation"}, {Column: "task"}}
	for _, one := range v.Verdicts {
		for i, value := range []string{string(one.Verdict), string(one.Variation), one.Task} {
			list[i].add(value)
		}
	}
	return list
}

func (f *filter) add(value string) {
	for _, have := range f.Values {
		if have == value {
			return
		}
	}
	f.Values = append(f.Values, value)
}

func details(v claims.Verdicts) []detail {
	var list []detail
	for i, one := range v.Verdicts {
		id := anchor(i)
		list = append(list, detail{id, one, outcomeClass(one.Verdict), forest(one), partTable(one, "parts-"+id), runTable(one, "runs-"+id)})
	}
	return list
}

// SeedList are the seeds of a verdict in words.
func (d detail) SeedList() string { return strings.Trim(fmt.Sprint(d.Seeds), "[]") }
