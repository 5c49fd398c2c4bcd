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

// Head is what every page has: a policy that lets nothing load and nothing run but its own script, its style, its script, and the data that this draws.
type Head struct {
	Title  string
	Policy string // Content-Security-Policy
	Style  template.CSS
	Script template.JS
	Data   template.JS // JSON
}

// NewHead makes the head of a page. Its own style and script come after those that pages share. The data must hold the fields of LinesData.
func NewHead(title string, data any, ownStyle, ownScript string) (h Head, err error) {
	text, err := json.Marshal(data)
	if err != nil {
		return h, fmt.Errorf("cannot write the page's data: %w", err)
	}
	style, err := concat("assets/uplot/uPlot.min.css", "assets/page.css")
	if err != nil {
		return h, err
	}
	script, err := concat(sharedScripts()...)
	if err != nil {
		return h, err
	}
	style, script = style+ownStyle, script+ownScript
	// encoding/json escapes <, > and & as \u00xx: the data cannot end their element.
	return Head{title, policy(style, script), template.CSS(style), template.JS(script), template.JS(text)}, nil
}

// sharedScripts are those of every page, in the order in which they run.
func sharedScripts() []string {
	return []string{"assets/uplot/uPlot.iife.min.js", "assets/page.js", "assets/theme.js", "assets/align.js", "assets/chart.js", "assets/charts.js", "assets/legend.js", "assets/lines.js", "assets/tables.js"}
}

// WriteDocument writes a page from the text of its template, which may use the parts that pages share: head, figure, panel, table and end.
func WriteDocument(w io.Writer, text string, content any) error {
	t, err := template.New("page").ParseFS(assets, "assets/parts.html")
	if err == nil {
		_, err = t.Parse(text)
	}
	if err != nil {
		return err
	}
	return t.Execute(w, content)
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

// PagePanel is a panel as the part "panel" shows it.
type PagePanel struct {
	Panel
	Summary string
	Heat    template.HTML
}

// OnPage is the panel with what it shows in words, and its heat map drawn.
func (p Panel) OnPage() PagePanel {
	pp := PagePanel{Panel: p, Summary: p.summary()}
	if p.Heat != nil {
		pp.Heat = heatSVG(p)
	}
	return pp
}
