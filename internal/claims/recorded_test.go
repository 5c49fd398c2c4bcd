// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"path/filepath"
	"strings"
	"testing"

	"revgn/analysis/cka"
	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/record"
)

// row is a row of analysis/cka.json with the fields that claims read.
type row struct {
	Start []cka.Result `json:"start"`
	Floor []cka.Result `json:"floor,omitempty"`
}

func similar(site string, v float64) cka.Result {
	return cka.Result{Site: site, Linear: &cka.Similarity{Debiased: number.Number(v)}}
}

// recordRun writes a run directory of two steps.
func recordRun(t *testing.T, status record.Status, message string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "gn-seed3")
	r, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		r.WriteConfig([]byte("seed: 3\n")),
		r.AppendStep(record.StepRecord{Step: 1, Epoch: 1, Loss: 2, LR: 0.5, GaussNewton: &record.GaussNewton{Exact: true}}),
		r.AppendEval(record.EvalRecord{Step: 1, Epoch: 1, Split: "train", Loss: 1.5}),
		r.AppendStep(record.StepRecord{Step: 2, Epoch: 2, Loss: 1.5, LR: 0.5, GaussNewton: &record.GaussNewton{Exact: true}}),
		r.AppendEval(record.EvalRecord{Step: 2, Epoch: 2, Split: "train", Loss: 1}),
		r.WriteSummary(r.Summary(status, message)),
		r.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func analyse(t *testing.T, dir string, step int, values row) {
	t.Helper()
	f, err := record.OpenAnalysis(dir, record.Analysis[row]{Analysis: "cka"}, true)
	if err == nil {
		err = f.Add(record.Measured[row]{Step: step, Values: values})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecordedRun(t *testing.T) {
	run, err := claims.OpenRun(recordRun(t, record.Done, ""))
	if err != nil {
		t.Fatal(err)
	}
	if ended, how := run.Ended(); !ended || how != "" || run.Name() != "gn-seed3" || len(run.Metrics().Steps) != 2 || len(run.Metrics().Evals) != 2 {
		t.Errorf("ended %v %q, name %s, %d steps", ended, how, run.Name(), len(run.Metrics().Steps))
	}
	failed, err := claims.OpenRun(recordRun(t, record.Failed, "step 3 is not finite"))
	if err != nil {
		t.Fatal(err)
	}
	if ended, how := failed.Ended(); ended || how != "failed: step 3 is not finite" {
		t.Errorf("ended %v %q", ended, how)
	}
	if _, err := claims.OpenRun(t.TempDir()); err == nil {
		t.Error("a directory without a run was opened")
	}
}

// The analysis must be of the run's end and have a floor for every block.
func TestRecordedSimilarity(t *testing.T) {
	start := []cka.Result{similar("block0.stream", 0.9), similar("block0.f.branch", 0.1), similar("block1.stream", 0.8)}
	floor := []cka.Result{similar("block1.stream", 0.5), similar("block0.stream", 0.6)}
	for _, c := range []struct {
		name string
		step int // 0: no analysis
		row  row
		want string // of the error
	}{
		{"there", 2, row{start, floor}, ""},
		{"none", 0, row{}, "analysis/cka.json is not there (`revgn analyze cka"},
		{"early", 1, row{start, floor}, "has no row of the last step, 2"},
		{"no floor", 2, row{start, floor[:1]}, "has no floor for block0.stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := recordRun(t, record.Done, "")
			if c.step > 0 {
				analyse(t, dir, c.step, c.row)
			}
			run, err := claims.OpenRun(dir)
			if err != nil {
				t.Fatal(err)
			}
			got, err := run.Similarity()
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q", err, c.want)
				}
				return
			}
			if err != nil || len(got) != 2 || got[0] != (claims.Similarity{Site: "block0.stream", Start: 0.9, Floor: 0.6}) || got[1].Floor != 0.5 {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}
