// SPDX-License-Identifier: Apache-2.0

package study

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"revgn/internal/claims"
)

// hostile is text that would run if it reached the page as anything but text.
const hostile = `</script><script>window.stolen=1</script><img src=x onerror="window.stolen=2">'"&{{.}}<!--`

// hostileVerdicts has hostile text in every place, names that lead out of the study, and numbers that are none.
func hostileVerdicts() string {
	text := `{"format": 1, "version": "H", "scale": "H", "level": 0.95, "rule": "H",
 "tasks": [{"name": "H", "note": "H"}, {"name": "../outside", "note": "H"}, {"name": "digits", "note": "javascript:alert(1)"}],
 "tuning": [{"task": "digits", "setting": "mini-batch", "arm": "split-init1e-2", "seeds": [1], "runs": [-1, 7, 1, 1, 1, 1], "rates": [0.5, null, -1, 0, 1e300], "losses": [null, 1, 1, 1, 1], "rate": null, "edge": true},
            {"task": "H", "setting": "=cmd()", "arm": "@H", "seeds": [18446744073709551615], "runs": null, "rates": [], "losses": [1, 2, 3], "rate": 1e999999}],
 "verdicts": [{"claim": "H", "variation": "H", "task": "digits", "statement": "H", "refuted_by": "H", "verdict": "H", "reason": "H", "warnings": ["H"], "p": null, "p_holm": 1e-320,
   "premises": [{"name": "H", "setting": "H", "definition": "H", "claimed": "H", "threshold": null, "why": "H", "outcome": "H", "effect": 1e308, "low": -1e308, "high": 1e308, "ratio": 1, "bca": [], "values": [{"seed": 1, "value": 1e308}]}],
   "parts": [{"name": "H", "setting": "H", "definition": "H", "claimed": "below", "threshold": 1, "why": "H", "outcome": "H holds\"", "effect": 1, "low": 1, "high": 1, "values": null, "reason": "H"}],
   "seeds": null, "exact": {}, "runs": [
    {"setting": "mini-batch", "arm": "split", "seed": 0, "run": "../../../../outside", "class": "H"},
    {"setting": "..", "arm": "split", "seed": 1, "run": ".", "class": "H"},
    {"setting": "mini-batch", "arm": "split", "seed": 2, "run": "link", "class": "H"},
    {"setting": "mini-batch", "arm": "adam", "seed": 2, "run": "H", "class": "H"},
    {"setting": "mini-batch", "arm": "H", "seed": 3, "run": "/etc", "class": "H"}]},
  {"claim": "=cmd()", "verdict": "HOLDS"}],
 "waiting": [{"claim": "@H", "statement": "H"}]}`
	return strings.ReplaceAll(strings.Replace(text, "1e999999", "1e300", 1), "H", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(hostile))
}

// Whatever verdicts.json holds, the page has two scripts that run, its own, and they are the ones that its policy names; and no run outside is read.
func TestHostileVerdicts(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "study")
	writeText(t, filepath.Join(out, claims.VerdictsFile), hostileVerdicts())
	random := rand.New(rand.NewPCG(1, 1))
	writeRun(t, filepath.Join(dir, "outside"), claims.MiniBatch, claims.Arm{Name: "split", Class: claims.Exact}, 0, random)
	must(t, os.MkdirAll(filepath.Join(out, "digits", "mini-batch", "runs"), 0o755))
	if err := os.Symlink(filepath.Join(dir, "outside"), filepath.Join(out, "digits", "mini-batch", "runs", "link")); err != nil {
		t.Log("no links here:", err)
	}
	w, err := Write(t.Context(), out)
	must(t, err)
	page, err := os.ReadFile(w.Page)
	must(t, err)
	checkPage(t, string(page))
	keepPage(t, "verdicts-hostile", w.Page)
	if figures, err := filepath.Glob(filepath.Join(out, "figures", "*")); err != nil || len(figures) > 2 {
		t.Errorf("figures %v, want the one of rates alone, %v", figures, err)
	}
	csv, err := os.ReadFile(filepath.Join(out, "tables", "verdicts.csv"))
	must(t, err)
	if !strings.Contains(string(csv), "'=cmd()") {
		t.Errorf("a formula stands in\n%s", csv)
	}
}

func checkPage(t *testing.T, text string) {
	t.Helper()
	scripts := regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`).FindAllStringSubmatch(text, -1)
	if len(scripts) != 2 || scripts[0][1] != ` type="application/json" id="data"` || scripts[1][1] != "" {
		t.Fatalf("%d scripts", len(scripts))
	}
	if strings.Contains(text, "<img") || strings.Contains(scripts[0][2], "<") {
		t.Error("text of the file is markup on the page")
	}
	sum := sha256.Sum256([]byte(scripts[1][2]))
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1])
	if want := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("policy %s, want %s", policy, want)
	}
}

// A link in the place of a directory that is written to would have its maker choose what is overwritten.
func TestRefusesLinks(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	writeText(t, filepath.Join(dir, claims.VerdictsFile), `{"format": 1}`)
	if err := os.Symlink(other, filepath.Join(dir, "tables")); err != nil {
		t.Skip("no links here:", err)
	}
	if _, err := Write(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(other); err != nil || len(entries) > 0 {
		t.Errorf("written through a link: %v, %v", entries, err)
	}
}

// Files that are not of this program are refused in one line.
func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{``: "not of this program", `[]`: "not of this program", `{"format": 2}`: "got format 2; want 1", `{"format": 1, "verdicts": 3}`: "is damaged"} {
		writeText(t, filepath.Join(dir, claims.VerdictsFile), text)
		if _, err := Write(t.Context(), dir); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if Is(t.TempDir()) || !Is(dir) {
		t.Error("a study is what has verdicts.json")
	}
}
