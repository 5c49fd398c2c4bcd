// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hostile is text that would run if it reached the page as anything but text.
const hostile = `</script><script>window.stolen=1</script><img src=x onerror="window.stolen=2">'"&{{.}}<!--`

// writeHostile makes runs whose every string is hostile.
func writeHostile(t *testing.T, dir string) {
	t.Helper()
	// A name of a file holds no slash.
	name := strings.ReplaceAll(hostile, "/", "∕")
	for _, seed := range []int{1, 2} {
		m := madeUp{optimizer: "gn", lr: "0.1", seed: seed, steps: 12, couplings: []string{hostile, "javascript:alert(1)"}, message: hostile, extra: "curvature: '" + strings.ReplaceAll(hostile, "'", "''") + "'\n"}
		m.write(t, filepath.Join(dir, name+strings.Repeat("x", seed)))
	}
	m := madeUp{optimizer: hostile, lr: "=cmd()", seed: 1, steps: 12, message: hostile}
	m.write(t, filepath.Join(dir, "@"+name))
	writeText(t, filepath.Join(dir, "@"+name, "analysis", "weights.json"), `{"checkpoints": [{"step": 1, "values": {"couplings": [{"name": "\"><script>window.stolen=3</script>", "relative_displacement": 1}]}}]}`)
	writeText(t, filepath.Join(dir, "@"+name, "analysis", "batches.json"), `{"checkpoints": [{"step": 1, "values": {"methods": [null, `+madeUpWay(hostile, 1, 1)+`]}, "warnings": ["<script>window.stolen=4</script>"]}]}`)
}

// Whatever a run directory holds, the page has two scripts that run, its own, and they are the ones that its policy names.
func TestHostileRuns(t *testing.T) {
	dir := t.TempDir()
	writeHostile(t, dir)
	c := load(t, dir)
	var page bytes.Buffer
	must(t, c.WritePage(&page, 0, nil))
	text := page.String()
	scripts := regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`).FindAllStringSubmatch(text, -1)
	if len(scripts) != 2 || scripts[0][1] != ` type="application/json" id="data"` || scripts[1][1] != "" {
		t.Fatalf("%d scripts", len(scripts))
	}
	if strings.Contains(text, "<img") || strings.Contains(scripts[0][2], "<") {
		t.Error("text of a run is markup on the page")
	}
	sum := sha256.Sum256([]byte(scripts[1][2]))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1]
	if want := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(html.UnescapeString(policy), want) || !strings.HasPrefix(policy, "default-src &#39;none&#39;") {
		t.Errorf("policy %s, want %s", html.UnescapeString(policy), want)
	}
	keepPage(t, "hostile", page.Bytes())
	out := filepath.Join(dir, "out")
	w, err := c.WriteAll(t.Context(), out)
	must(t, err)
	if w.Figures == 0 {
		t.Error("no figures")
	}
	checkHostileFiles(t, out)
}

// checkHostileFiles looks at what a spreadsheet, LaTeX and a viewer of SVG would take as commands.
func checkHostileFiles(t *testing.T, out string) {
	csv, err := os.ReadFile(filepath.Join(out, "tables", "options.csv"))
	must(t, err)
	if !strings.Contains(string(csv), "'=cmd()") || !strings.Contains(string(csv), "'@") {
		t.Errorf("a formula stands in\n%s", csv)
	}
	tex, err := os.ReadFile(filepath.Join(out, "tables", "runs.tex"))
	must(t, err)
	if regexp.MustCompile(`[^\\][&{}]\{`).Match(tex) && strings.Contains(string(tex), "{{.}}") {
		t.Errorf("braces of a run's name stand in\n%s", tex)
	}
	figures, err := filepath.Glob(filepath.Join(out, "figures", "*.svg"))
	must(t, err)
	for _, name := range figures {
		svg, err := os.ReadFile(name)
		must(t, err)
		if bytes.Contains(svg, []byte("<script")) || bytes.Contains(svg, []byte("<img")) {
			t.Errorf("%s holds markup of a run", name)
		}
	}
}
