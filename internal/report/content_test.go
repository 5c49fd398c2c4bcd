// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/record"
)

func TestGroups(t *testing.T) {
	dir := t.TempDir()
	writeStudy(t, dir, 20)
	c := load(t, dir)
	var labels []string
	for _, g := range c.Groups {
		labels = append(labels, g.Label)
		if len(g.Runs) != 3 {
			t.Errorf("%s has %d runs, want 3", g.Label, len(g.Runs))
		}
	}
	if !slices.Equal(labels, []string{"adam", "gn", "sgd"}) || !slices.Equal(c.Differing, []string{"optimizer", "seed"}) {
		t.Errorf("groups %q, differing %q", labels, c.Differing)
	}
	// The mean is that of the runs' own numbers.
	g := c.Groups[1]
	sum := 0.0
	for _, r := range g.Runs {
		sum += r.Traces["loss"].Y[4]
	}
	if b := g.Bands["loss"]; b.Mean[4]-sum/3 > 1e-12 || b.Runs != 3 || b.Lo[4] >= b.Mean[4] {
		t.Errorf("mean %v of %v", b.Mean[4], sum/3)
	}
}

// Runs without seeds to average over are told apart by what differs, whatever it is.
func TestLabels(t *testing.T) {
	dir := t.TempDir()
	madeUp{optimizer: "gn", lr: "0.5", seed: 1, steps: 3, extra: "carry: true\nname: \"a\"\n"}.write(t, filepath.Join(dir, "a"))
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 3, extra: "carry: false\nname: \"b\"\n"}.write(t, filepath.Join(dir, "b"))
	c := load(t, dir)
	if c.Groups[0].Label != "lr 0.5, carry" || c.Groups[1].Label != "lr 1" {
		t.Errorf("labels %q and %q", c.Groups[0].Label, c.Groups[1].Label)
	}
}

// A spike of one step is in the page, however long the run, in single curves and in the mean; and the page stays small.
func TestManyRuns(t *testing.T) {
	groups, seeds, steps := 40, 5, 10_000
	if testing.Short() {
		groups, steps = 8, 2_000
	}
	c := many(t, groups, seeds, steps)
	for _, g := range c.Groups {
		for _, r := range g.Runs {
			if got := slices.Max(r.Traces["loss"].Y); got != spike {
				t.Errorf("%s: the greatest loss is %v, want the spike %v", r.Name, got, spike)
			}
		}
		if got := slices.Max(g.Bands["loss"].Hi); got < spike/5 {
			t.Errorf("%s: the greatest upper end is %v: the spike is lost", g.Label, got)
		}
	}
	var page bytes.Buffer
	must(t, c.WritePage(&page, 0, nil))
	t.Logf("%d runs of %d steps: at most %d points a curve, %.1f MB", groups*seeds, steps, c.Points, float64(page.Len())/1e6)
	if page.Len() > 10_000_000 {
		t.Errorf("the page has %d bytes, want at most 10 MB", page.Len())
	}
	keepPage(t, "many", page.Bytes())
}

// keepPage leaves a page for the tests with a browser, which `make browser` runs after these.
func keepPage(t *testing.T, name string, page []byte) {
	if dir := os.Getenv("REVGN_REPORT_PAGES"); dir != "" {
		must(t, os.MkdirAll(dir, 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name+".html"), page, 0o644))
	}
}

func TestStudyPage(t *testing.T) {
	dir := t.TempDir()
	writeStudy(t, dir, 60)
	var page bytes.Buffer
	must(t, load(t, dir).WritePage(&page, 0, []string{"figures/loss.svg"}))
	text := page.String()
	for _, want := range []string{`<caption id="caption-runs">`, `<h2 id="exactness-title">`, `data-figure="loss"`, `id="chart-rank"`, "95 % interval", `<svg class="heat" role="img" aria-label=`, "Manifest", `<caption id="caption-batches">`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	keepPage(t, "study", page.Bytes())
}

// A run that is damaged, unfinished or empty is shown as far as it goes, and says what is missing.
func TestUnfinishedRuns(t *testing.T) {
	dir := t.TempDir()
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 5, status: record.Running}.write(t, filepath.Join(dir, "going"))
	writeText(t, filepath.Join(dir, "begun", "config.yaml"), "optimizer: gn\n")
	writeText(t, filepath.Join(dir, "damaged", "config.yaml"), "optimizer: [\n")
	writeText(t, filepath.Join(dir, "damaged", "metrics.jsonl"), "{\"kind\":\"step\",\"step\":1,\"loss\":2}\nnot JSON\n")
	c := load(t, dir)
	if !running(c.Runs) {
		t.Error("a run goes on, but it is not seen")
	}
	for _, r := range c.Runs {
		if (len(r.Notes) == 0) != (r.Name == "going") {
			t.Errorf("%s: notes %q", r.Name, r.Notes)
		}
		if r.Name == "damaged" && r.Traces["loss"] == nil {
			t.Error("the step before the damaged line is not drawn")
		}
	}
	var page bytes.Buffer
	must(t, c.WritePage(&page, 5, nil))
	if !strings.Contains(page.String(), "damaged line") {
		t.Error("the page does not say what is damaged")
	}
	if _, err := c.WriteAll(t.Context(), filepath.Join(dir, "out")); err != nil {
		t.Error(err)
	}
}

func TestFindRefuses(t *testing.T) {
	dir := t.TempDir()
	writeText(t, filepath.Join(dir, "file"), "")
	for path, want := range map[string]string{dir: "holds no run", filepath.Join(dir, "file"): "is a file", filepath.Join(dir, "absent"): "no such file"} {
		if _, err := Find([]string{path}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
