// SPDX-License-Identifier: Apache-2.0

package study

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/record"
	"revgn/internal/report"
)

// figureOf makes one figure of a study in the way that Write does.
func figureOf(t *testing.T, out, id string) (report.Panel, bool) {
	t.Helper()
	v, err := Read(out)
	must(t, err)
	all, err := panels(t.Context(), newLibrary(out, v.Verdicts), v)
	must(t, err)
	for _, s := range all {
		for _, p := range s.panels {
			if p.ID == id {
				return p, true
			}
		}
	}
	return report.Panel{}, false
}

func claimsOf(ids ...string) []claims.Claim {
	return slices.DeleteFunc(claims.Claims(), func(c claims.Claim) bool {
		return c.Variation != claims.ByExact && c.Variation != claims.ByTruncated || !slices.Contains(ids, c.ID)
	})
}

// A figure says which arms it lacks, which have fewer runs than seeds, and which runs did not end well; those without anything to compare are not there.
func TestFiguresSayWhatIsMissing(t *testing.T) {
	out := t.TempDir()
	writeStudy(t, out, claimsOf("2", "3"), func(setting, arm string, seed uint64) bool { return arm == "sgd" || arm == "adam" && seed > 2 })
	cutShort(t, filepath.Join(out, "digits", "mini-batch", "runs", "split-1"), 24)
	p, ok := figureOf(t, out, "digits-mini-batch-train-loss")
	if !ok {
		t.Fatal("the figure is not there")
	}
	for _, want := range []string{"There are no runs of SGD.", "Adam: 3 runs of 5 seeds.", "GN, exact (split): the run of seed 1 is failed"} {
		if !strings.Contains(p.Note, want) {
			t.Errorf("note %q, want %q", p.Note, want)
		}
	}
	mean, single := 0, 0
	for _, c := range p.Lines.Curves {
		if c.Label != "GN, exact (split), lr 0.5" {
			continue
		}
		if c.Lo != nil {
			mean++
			if end := c.X[len(c.X)-1]; end != 6 {
				t.Errorf("the mean ends at epoch %v, want 6, where one of its runs does", end)
			}
		} else if c.Thin && c.X[0] == 6 && c.X[len(c.X)-1] == 12 {
			single++
		}
	}
	if mean != 1 || single != 4 {
		t.Errorf("%d means and %d runs go beyond it, want 1 and 4", mean, single)
	}
	if _, ok := figureOf(t, out, "digits-curvature-train-loss"); ok {
		t.Error("a figure of curvatures is there, and no run of one")
	}
}

// cutShort makes a run one that failed at a step.
func cutShort(t *testing.T, dir string, step int) {
	t.Helper()
	reader, err := record.Open(dir)
	must(t, err)
	s, err := reader.Summary()
	must(t, err)
	metrics, err := reader.Metrics()
	must(t, err)
	must(t, os.RemoveAll(dir))
	run, err := record.Create(dir)
	must(t, err)
	defer run.Close()
	must(t, run.WriteConfig([]byte("optimizer: gn\n")))
	for _, r := range metrics.Steps[:step] {
		must(t, run.AppendStep(r))
	}
	for _, e := range metrics.Evals {
		if e.Step <= step {
			must(t, run.AppendEval(e))
		}
	}
	s.Status, s.Message = record.Failed, "the loss is not finite"
	must(t, run.WriteSummary(s))
}

// The gap is the mean over seeds of the difference of log losses, and the mean of a curve that of its runs.
func TestNumbersOfFigures(t *testing.T) {
	out := t.TempDir()
	v := writeStudy(t, out, claimsOf("5", "11", "13"), everyRun)
	p, ok := figureOf(t, out, "digits-load-gap")
	if !ok || len(p.Lines.Curves) != 2 || !slices.Equal(p.Lines.Curves[0].X, append([]float64{0.125}, claims.Loads()...)) {
		t.Fatalf("%v %+v", ok, p.Lines)
	}
	at := func(arm, seed string) float64 {
		run, err := claims.OpenRun(filepath.Join(out, "digits", "mini-batch", "runs", arm+"-"+seed))
		must(t, err)
		evals := run.Metrics().Evals
		return math.Log(float64(evals[len(evals)-2].Loss)) // the last but one is of the training part
	}
	sum := 0.0
	for _, seed := range []string{"0", "1", "2", "3", "4"} {
		sum += at("split-load0.2", seed) - at("adam-load0.2", seed)
	}
	c := p.Lines.Curves[0]
	if math.Abs(c.Y[1]-sum/5) > 1e-12 || !(c.Lo[1] < c.Y[1] && c.Y[1] < c.Hi[1]) {
		t.Errorf("gap %v in [%v, %v], want %v", c.Y[1], c.Lo[1], c.Hi[1], sum/5)
	}
	for _, one := range v.Verdicts {
		if one.Claim != "11" {
			continue
		}
		for i, part := range one.Parts {
			if rise := c.Y[i+2] - c.Y[i+1]; math.Abs(float64(part.Effect)-rise) > 1e-12 {
				t.Errorf("%s: the figure rises by %v, the verdict says %v", part.Name, rise, part.Effect)
			}
		}
	}
	blocks, ok := figureOf(t, out, "digits-cka-blocks")
	if !ok || len(blocks.Lines.Curves) != 8 && len(blocks.Lines.Curves) != 6 || !slices.Equal(blocks.Lines.Ticks, []float64{0, 1}) {
		t.Errorf("%v %+v", ok, blocks.Lines)
	}
}

// A CKA that is as high with the start of another seed says nothing of training, and the figure says so, of that arm alone.
func TestFigureTellsOfFloors(t *testing.T) {
	out := t.TempDir()
	writeStudy(t, out, claimsOf("5"), everyRun)
	for _, seed := range []string{"0", "1", "2", "3", "4"} {
		writeCKA(t, filepath.Join(out, "digits", "mini-batch", "runs", "split-"+seed), 0.9, 0.905)
	}
	p, ok := figureOf(t, out, "digits-cka-blocks")
	if !ok || strings.Count(p.Note, "it tells what streams share with the input") != 1 || !strings.Contains(p.Note, "GN, exact (split): CKA with the own start") {
		t.Errorf("%v, note %q", ok, p.Note)
	}
}

// Every figure names arms that there are and a quantity that is recorded, and has files of its own.
func TestSubjects(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range subjects() {
		for _, p := range s.plots {
			if seen[p.id] || !isFileName(p.id) {
				t.Errorf("%q is taken or no name", p.id)
			}
			seen[p.id] = true
			for _, a := range p.arms {
				if _, err := claims.FindArm(a); err != nil {
					t.Errorf("%s: %v", p.id, err)
				}
			}
			style := map[int]bool{}
			for _, k := range styles(p.arms) {
				if style[k] {
					t.Errorf("%s: two arms look the same", p.id)
				}
				style[k] = true
			}
		}
	}
}

// Gradient descent in the logits: where the wrong classes are far behind, the loss is (K - 1)/(Kt), and at t = 0 it is log K.
func TestLogitFlow(t *testing.T) {
	flow := logitFlow(10, []report.Line{{X: []float64{1e-9, 1e6}}})
	first, end := flow.Y[0], flow.Y[len(flow.Y)-1]
	if math.Abs(first-math.Log(10)) > 1e-6 || math.Abs(end/0.9e-6-1) > 1e-3 || len(flow.X) != len(flow.Y) || flow.X[0] != 1e-9 {
		t.Errorf("the loss goes from %v to %v, want log 10 and 9e-7", first, end)
	}
}
