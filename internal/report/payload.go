// SPDX-License-Identifier: Apache-2.0

package report

// payload is what the page's script draws, as JSON. Its names are short: the page is mostly this.
type payload struct {
	LinesData
	Reload    int              `json:"reload,omitempty"` // seconds after which the page loads itself anew
	Groups    []payloadGroup   `json:"groups"`
	Runs      []payloadRun     `json:"runs"`
	Figures   []payloadFigure  `json:"figures"`
	Couplings payloadCouplings `json:"couplings"`
}

type payloadGroup struct {
	Label string       `json:"label"`
	Runs  []int        `json:"runs"`
	Clock payloadClock `json:"clock"`
}

type payloadRun struct {
	Name  string       `json:"name"`
	Clock payloadClock `json:"clock"`
}

type payloadClock struct {
	Step    deltas `json:"s"`
	Epoch   digits `json:"e"`
	Seconds digits `json:"t"`
}

type payloadFigure struct {
	ID    string          `json:"id"`
	Title string          `json:"title"`
	Y     string          `json:"y"`
	Log   bool            `json:"log"`
	Runs  []*payloadTrace `json:"runs"`  // one a run, null where it has none
	Bands []*payloadBand  `json:"bands"` // one a group
}

type payloadTrace struct {
	Step deltas `json:"s"`
	Y    digits `json:"y"`
}

type payloadBand struct {
	Step deltas `json:"s"`
	Mean digits `json:"y"`
	Lo   digits `json:"lo"`
	Hi   digits `json:"hi"`
}

type payloadCouplings struct {
	Figures []payloadFigure     `json:"figures"`
	Runs    []payloadRunOfParts `json:"runs"`
}

type payloadRunOfParts struct {
	Run    int               `json:"run"`
	Names  []string          `json:"names"`
	Traces [][]*payloadTrace `json:"traces"` // by figure, then by coupling
}

func payloadOf(c *Content, reload int) payload {
	p := payload{LinesData: NewLinesData(c.panels()), Reload: reload}
	index := map[*Run]int{}
	for i, r := range c.Runs {
		index[r] = i
		p.Runs = append(p.Runs, payloadRun{r.Name, clockPayload(r.Clock)})
	}
	for _, g := range c.Groups {
		pg := payloadGroup{Label: g.Label, Clock: clockPayload(g.Clock)}
		for _, r := range g.Runs {
			pg.Runs = append(pg.Runs, index[r])
		}
		p.Groups = append(p.Groups, pg)
	}
	for _, q := range c.quantities() {
		p.Figures = append(p.Figures, figurePayload(c, q))
	}
	p.Couplings = couplingPayload(c)
	return p
}

func clockPayload(c Clock) payloadClock { return payloadClock{c.Step, c.Epoch, c.Seconds} }

func figurePayload(c *Content, q Quantity) payloadFigure {
	f := payloadFigure{ID: q.ID, Title: q.Title, Y: q.Y, Log: c.logarithmic(q)}
	for _, r := range c.Runs {
		f.Runs = append(f.Runs, tracePayload(r.Traces[q.ID]))
	}
	for _, g := range c.Groups {
		var band *payloadBand
		if b := g.Bands[q.ID]; b != nil {
			band = &payloadBand{b.Step, b.Mean, b.Lo, b.Hi}
		}
		f.Bands = append(f.Bands, band)
	}
	return f
}

func tracePayload(t *Trace) *payloadTrace {
	if t == nil {
		return nil
	}
	return &payloadTrace{t.Step, t.Y}
}

func couplingPayload(c *Content) payloadCouplings {
	var p payloadCouplings
	for _, q := range couplingQuantities() {
		p.Figures = append(p.Figures, payloadFigure{ID: q.ID, Title: q.Title, Y: q.Y, Log: q.Log == logarithmic})
	}
	for i, r := range c.Runs {
		if len(r.Couplings) == 0 {
			continue
		}
		parts := payloadRunOfParts{Run: i}
		for _, k := range r.Couplings {
			parts.Names = append(parts.Names, k.Name)
		}
		for q := range p.Figures {
			var traces []*payloadTrace
			for _, k := range r.Couplings {
				traces = append(traces, tracePayload(k.Traces[q]))
			}
			parts.Traces = append(parts.Traces, traces)
		}
		p.Runs = append(p.Runs, parts)
	}
	return p
}
