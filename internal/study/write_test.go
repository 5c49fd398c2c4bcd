// SPDX-License-Identifier: Apache-2.0

package study

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"revgn/internal/claims"
	"revgn/internal/schematest"
)

func madeWhen() time.Time { return time.Unix(1.7e9, 0) }

// keepPage leaves a page for the tests with a browser, which `make browser` runs after these.
func keepPage(t *testing.T, name, path string) {
	if dir := os.Getenv("REVGN_REPORT_PAGES"); dir != "" {
		b, err := os.ReadFile(path)
		must(t, err)
		writeText(t, filepath.Join(dir, name+".html"), string(b))
	}
}

// All claims on made-up runs: every figure of the table is there, as page, files and points.
func TestVerdictsPage(t *testing.T) {
	out := t.TempDir()
	v := writeStudy(t, out, claims.Claims(), everyRun)
	w, err := Write(t.Context(), out)
	must(t, err)
	want := 0
	for _, s := range subjects() {
		want += len(s.plots)
	}
	if w.Figures != want || w.Tables != want+5 {
		t.Errorf("%d figures and %d tables, want %d and %d", w.Figures, w.Tables, want, want+5)
	}
	page, err := os.ReadFile(w.Page)
	must(t, err)
	text := string(page)
	for _, s := range []string{"A claim that waits.", `id="verdict-1"`, `class="forest"`, "no evidence for or against the paper", `id="chart-digits-load-gap"`, `href="figures/digits-cka-blocks.svg"`} {
		if !strings.Contains(text, s) {
			t.Errorf("the page has no %q", s)
		}
	}
	if strings.Count(text, `<details id="verdict-`) != len(v.Verdicts) {
		t.Error("a verdict has no evidence on the page")
	}
	keepPage(t, "verdicts", w.Page)
	b, err := os.ReadFile(filepath.Join(out, claims.VerdictsFile))
	must(t, err)
	schematest.Load(t, filepath.Join("..", "..", "docs", "schemas", "verdicts.json")).Follows(t, claims.VerdictsFile, b)
	rows := readCSV(t, filepath.Join(out, "tables", "verdicts.csv"))
	if len(rows) != 1+len(v.Verdicts) {
		t.Errorf("verdicts.csv has %d rows", len(rows))
	}
	for _, name := range []string{"figures/digits-full-batch-loss.svg", "figures/digits-full-batch-loss.png", "tables/verdicts.tex", "tables/tuning.csv", "tables/digits-rates-mini-batch.csv"} {
		if st, err := os.Stat(filepath.Join(out, name)); err != nil || st.Size() < 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	must(t, err)
	return rows
}
