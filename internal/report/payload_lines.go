// SPDX-License-Identifier: Apache-2.0

package report

// LinesData is what the scripts that all pages share draw: colours, and the curves of panels.
type LinesData struct {
	Light  []string       `json:"light"`
	Dark   []string       `json:"dark"`
	Dashes [][]float64    `json:"dashes"`
	Lines  []payloadLines `json:"lines"`
}

type payloadLines struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	X      string        `json:"x"`
	Y      string        `json:"y"`
	LogX   bool          `json:"logx"`
	LogY   bool          `json:"log"`
	Ticks  digits        `json:"ticks,omitempty"`
	Curves []payloadLine `json:"curves"`
}

type payloadLine struct {
	Label string `json:"label"`
	Style int    `json:"style"`
	Bars  bool   `json:"bars,omitempty"`
	Thin  bool   `json:"thin,omitempty"`
	X     digits `json:"x"`
	Y     digits `json:"y"`
	Lo    digits `json:"lo,omitempty"`
	Hi    digits `json:"hi,omitempty"`
}

// NewLinesData gathers the curves of those panels that have some.
func NewLinesData(panels []Panel) LinesData {
	d := LinesData{Light: lightColours(), Dark: darkColours(), Dashes: dashes()}
	for _, p := range panels {
		if p.Lines != nil {
			d.Lines = append(d.Lines, linesPayload(p))
		}
	}
	return d
}

func linesPayload(a Panel) payloadLines {
	l := payloadLines{ID: a.ID, Title: a.Title, X: a.Lines.X, Y: a.Lines.Y, LogX: a.Lines.LogX, LogY: a.Lines.LogY, Ticks: a.Lines.Ticks}
	for i, c := range a.Lines.Curves {
		l.Curves = append(l.Curves, payloadLine{c.Label, a.Lines.style(i), c.Bars, c.Thin, c.X, c.Y, c.Lo, c.Hi})
	}
	return l
}
