// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
)

//go:embed assets
var assets embed.FS

// page is what the template is given.
type page struct {
	Title    string
	Lead     string
	Policy   string // Content-Security-Policy
	Reload   int
	Style    template.CSS
	Script   template.JS
	Data     template.JS // JSON
	Sections []pageSection
	Parts    []pageFigure // of couplings
	Chosen   []chosenRun  // runs that have couplings
	Panels   []pagePanel
	Tables   []Table
	Runs     []*Run
	Files    []string
}

type pageSection struct {
	Section
	Figures []pageFigure
}

type pageFigure struct{ ID, Title, About, Summary string }

type pagePanel struct {
	Panel
	Summary string
	Heat    template.HTML
}

type chosenRun struct {
	Index int
	Name  string
}

// WritePage writes report.html. With reload above 0 the page loads itself anew after so many seconds; files are what lies beside it.
func (c *Content) WritePage(w io.Writer, reload int, files []string) error {
	p := page{Title: c.Title, Lead: c.lead(), Reload: reload, Tables: c.Tables(), Runs: c.Runs, Files: files}
	data, err := json.Marshal(payloadOf(c, reload))
	if err != nil {
		return fmt.Errorf("cannot write the page's data: %w", err)
	}
	// encoding/json escapes <, > and & as \u00xx: the data cannot end their element.
	p.Data = template.JS(data)
	style, err := concat("assets/uplot/uPlot.min.css", "assets/page.css")
	if err != nil {
		return err
	}
	script, err := concat(scripts()...)
	if err != nil {
		return err
	}
	p.Style, p.Script, p.Policy = template.CSS(style), template.JS(script), policy(style, script)
	c.fillFigures(&p)
	t, err := template.New("page.html").ParseFS(assets, "assets/page.html")
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// scripts are the page's, in the order in which they run.
func scripts() []string {
	return []string{"assets/uplot/uPlot.iife.min.js", "assets/data.js", "assets/align.js", "assets/theme.js", "assets/chart.js", "assets/legend.js", "assets/controls.js", "assets/tables.js", "assets/main.js"}
}

func concat(names ...string) (string, error) {
	var b bytes.Buffer
	for _, name := range names {
		text, err := assets.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(bytes.TrimSpace(text))
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// policy forbids the page everything but its own style and script, told by their hashes: nothing is loaded, and text from a run cannot run.
func policy(style, script string) string {
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", sourceHash(style), sourceHash(script))
}

func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
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
		pp := pagePanel{Panel: a, Summary: a.summary()}
		if a.Heat != nil {
			pp.Heat = heatSVG(a)
		}
		p.Panels = append(p.Panels, pp)
	}
}

// lead says in a sentence what the page is of.
func (c *Content) lead() string {
	s := fmt.Sprintf("%s in %s.", plural(len(c.Runs), "run"), plural(len(c.Groups), "group"))
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
