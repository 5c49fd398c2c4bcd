// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"

	"revgn/internal/number"
)

// page is what the template is given.
type page struct {
	Head
	Lead     string
	Reload   int
	Sections []pageSection
	Parts    []pageFigure // of couplings
	Chosen   []chosenRun  // runs that have couplings
	Panels   []PagePanel
	Found    []Table // of analyses
	Tables   []Table
	Runs     []*Run
	Files    []string
}

type pageSection struct {
	Section
	Figures []pageFigure
}

type pageFigure struct{ ID, Title, About, Summary string }

type chosenRun struct {
	Index int
	Name  string
}

// WritePage writes report.html. With reload above 0 the page loads itself anew after so many seconds; files are what lies beside it.
func (c *Content) WritePage(w io.Writer, reload int, files []string) error {
	own, err := concat("assets/data.js", "assets/controls.js", "assets/main.js")
	if err != nil {
		return err
	}
	head, err := NewHead(c.Title, payloadOf(c, reload), "", own)
	if err != nil {
		return err
	}
	p := page{Head: head, Lead: c.lead(), Reload: reload, Tables: c.Tables(), Found: c.analysisTables(), Runs: c.Runs, Files: files}
	c.fillFigures(&p)
	text, err := assets.ReadFile("assets/page.html")
	if err != nil {
		return err
	}
	return WriteDocument(w, string(text), p)
}

func (c *Content) fillFigures(p *page) {
	for _, s := range sections() {
		ps := pageSection{Section: s}
		for _, q := range s.Quantities {
			if c.shows(q) {
				ps.Figures = append(ps.Figures, pageFigure{q.ID, q.Title, q.About, c.summary(q)})
			}
		}
		if len(ps.Figures) > 0 {
			p.Sections = append(p.Sections, ps)
		}
	}
	for i, r := range c.Runs {
		if len(r.Couplings) > 0 {
			p.Chosen = append(p.Chosen, chosenRun{i, r.Name})
		}
	}
	if len(p.Chosen) > 0 {
		for _, q := range couplingQuantities() {
			p.Parts = append(p.Parts, pageFigure{ID: q.ID, Title: q.Title})
		}
	}
	for _, a := range c.panels() {
		p.Panels = append(p.Panels, a.OnPage())
	}
}

// lead says in a sentence what the page is of.
func (c *Content) lead() string {
	s := fmt.Sprintf("%s in %s.", number.Plural(len(c.Runs), "run"), number.Plural(len(c.Groups), "group"))
	count := map[string]int{}
	var order []string
	for _, r := range c.Runs {
		if count[r.Status()]++; count[r.Status()] == 1 {
			order = append(order, r.Status())
		}
	}
	for i, status := range order {
		if i == 0 {
			s += " "
		} else {
			s += ", "
		}
		s += fmt.Sprintf("%d %s", count[status], status)
	}
	return s + "."
}
