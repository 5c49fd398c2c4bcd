// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/npy"
)

type row struct {
	Value Number `json:"value"`
}

func headOf(setting any) Analysis[row] {
	return Analysis[row]{
		Analysis: "some", Program: "revgn", Version: "v1", DType: "f32", Setting: setting,
		Definitions: []map[string]string{{"name": "value", "text": "a value"}}, Probe: &ProbeSet{Data: "d", Part: "test", Samples: 3, SHA256: "ab"},
	}
}

func openAnalysis(t *testing.T, dir string, h Analysis[row], fresh bool) *AnalysisFile[row] {
	t.Helper()
	f, err := OpenAnalysis(dir, h, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func addRow(t *testing.T, f *AnalysisFile[row], step int, weights string, value float64, warnings ...string) {
	t.Helper()
	if err := f.Add(Measured[row]{Step: step, Weights: weights, Values: row{Number(value)}, Warnings: warnings}); err != nil {
		t.Fatal(err)
	}
}

func stepsOf(f *AnalysisFile[row]) []int {
	var steps []int
	for _, m := range f.Content().Checkpoints {
		steps = append(steps, m.Step)
	}
	return steps
}

// An analysis goes on from what an earlier one of the same setting wrote, and from nothing else.
func TestAnalysisGoesOn(t *testing.T) {
	dir := t.TempDir()
	setting := map[string]any{"probes": 3, "rate": 0.1}
	f := openAnalysis(t, dir, headOf(setting), false)
	addRow(t, f, 20, "b", 2, "one warning")
	addRow(t, f, 0, "a", math.NaN(), "one warning")

	g := openAnalysis(t, dir, headOf(setting), false)
	if g.Find(0, "a") == nil || g.Find(20, "b") == nil || g.Find(20, "other weights") != nil || g.Find(10, "a") != nil {
		t.Errorf("rows of steps %v, want those of 0 and 20 with their weights", stepsOf(g))
	}
	if v := float64(g.Content().Checkpoints[0].Values.Value); !math.IsNaN(v) {
		t.Errorf("what was not finite reads back as %v", v)
	}
	addRow(t, g, 20, "c", 3)
	if got := stepsOf(g); len(got) != 2 || got[0] != 0 || got[1] != 20 || g.Find(20, "c") == nil || g.Find(20, "b") != nil {
		t.Errorf("a second row of step 20 gave %v", got)
	}

	other := headOf(setting)
	other.Probe = &ProbeSet{Data: "d", Part: "test", Samples: 3, SHA256: "cd"}
	for name, h := range map[string]Analysis[row]{"probe set": other, "setting": headOf(map[string]any{"probes": 3, "rate": 0.2})} {
		if got := stepsOf(openAnalysis(t, dir, h, false)); len(got) != 0 {
			t.Errorf("another %s keeps the rows %v", name, got)
		}
	}
	if got := stepsOf(openAnalysis(t, dir, headOf(setting), true)); len(got) != 0 {
		t.Errorf("a fresh analysis keeps the rows %v", got)
	}
}

func TestAnalysisWarnsOnce(t *testing.T) {
	f := openAnalysis(t, t.TempDir(), headOf(nil), false)
	addRow(t, f, 0, "a", 1, "same")
	addRow(t, f, 1, "b", 1, "same", "other")
	if w := f.Content().Warnings; len(w) != 2 {
		t.Errorf("warnings %q, want two", w)
	}
}

// A damaged file is an error that names it and says what to do; it is not taken for an empty one.
func TestAnalysisDamaged(t *testing.T) {
	dir := t.TempDir()
	f := openAnalysis(t, dir, headOf(nil), false)
	addRow(t, f, 0, "a", 1)
	b, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.Path(), b[:len(b)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnalysis(dir, headOf(nil), false); err == nil || !strings.Contains(err.Error(), "some.json") || !strings.Contains(err.Error(), "--redo") {
		t.Errorf("got %v, want an error that names the file and --redo", err)
	}
	addRow(t, openAnalysis(t, dir, headOf(nil), true), 0, "a", 1)
	if openAnalysis(t, dir, headOf(nil), false).Find(0, "a") == nil {
		t.Error("measuring anew did not replace the damaged file")
	}
}

// What a number is can be read in the file as it was written.
func TestAnalysisIsReadable(t *testing.T) {
	h := headOf(nil)
	h.Definitions = "<A, B>/(‖A‖‖B‖)"
	f := openAnalysis(t, t.TempDir(), h, false)
	addRow(t, f, 0, "a", 1)
	if b, err := os.ReadFile(f.Path()); err != nil || !strings.Contains(string(b), "<A, B>") || !strings.HasSuffix(string(b), "}\n") {
		t.Errorf("%v\n%s", err, b)
	}
}

// Warnings of rows that stay, stay; those of a row that is replaced go.
func TestAnalysisKeepsWarnings(t *testing.T) {
	dir := t.TempDir()
	f := openAnalysis(t, dir, headOf(nil), false)
	addRow(t, f, 0, "a", 1, "of 0")
	addRow(t, f, 1, "b", 1, "of 1")
	g := openAnalysis(t, dir, headOf(nil), false)
	addRow(t, g, 1, "c", 1, "of the new 1")
	if w := openAnalysis(t, dir, headOf(nil), false).Content().Warnings; !slices.Equal(w, []string{"of 0", "of the new 1"}) {
		t.Errorf("warnings %q", w)
	}
}

// Arrays that an analysis of another setting left behind are not those of a row without any.
func TestAnalysisArrays(t *testing.T) {
	dir := t.TempDir()
	f := openAnalysis(t, dir, headOf(nil), false)
	name, err := f.WriteArrays(7, []npy.Array{{Name: "a", Shape: []int{1}, Data: []float64{1}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "analysis", "some-step-00000007.npz")); err != nil || name != "some-step-00000007.npz" {
		t.Errorf("written as %s, %v", name, err)
	}
	for want, m := range map[bool]Measured[row]{true: {Step: 7, Arrays: name}, false: {Step: 7}} {
		if got := f.HasArrays(&m); got != want {
			t.Errorf("a row with arrays %q has them: %v, want %v", m.Arrays, got, want)
		}
	}
	if f.HasArrays(&Measured[row]{Step: 8, Arrays: "some-step-00000008.npz"}) {
		t.Error("arrays that were removed count as there")
	}
	left, err := filepath.Glob(filepath.Join(dir, "analysis", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// An analysis with other options keeps the file of the one before it, under another name; measuring anew replaces it.
func TestAnalysisDisplaces(t *testing.T) {
	dir := t.TempDir()
	f := openAnalysis(t, dir, headOf("first"), false)
	addRow(t, f, 0, "a", 1)
	g := openAnalysis(t, dir, headOf("second"), false)
	kept := filepath.Join(dir, "analysis", "some.previous.json")
	if got := g.Displaced(); got != kept {
		t.Errorf("the earlier file goes to %q, want %q", got, kept)
	}
	if _, err := os.Stat(kept); err == nil {
		t.Error("moved before there is a row")
	}
	addRow(t, g, 0, "a", 2)
	addRow(t, g, 1, "b", 3)
	b, err := os.ReadFile(kept)
	if err != nil || !strings.Contains(string(b), `"first"`) || g.Displaced() != "" {
		t.Errorf("kept %s, %v; displaced afterwards: %q", b, err, g.Displaced())
	}
	h := openAnalysis(t, dir, headOf("third"), true)
	if h.Displaced() != "" {
		t.Error("measuring anew displaces what it replaces")
	}
}
