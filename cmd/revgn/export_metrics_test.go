// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"revgn/internal/config"
	"revgn/internal/record"
)

// measuredRun writes a run whose metrics have what a table could get wrong.
func measuredRun(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	r, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := config.Default()
	yaml, err := o.Resolved()
	errs := []error{err, r.WriteConfig(yaml)}
	step := func(n int) record.StepRecord {
		return record.StepRecord{Step: n, Epoch: float64(n) / 3, Loss: record.Number(1 / float64(7*n)), LR: 1e-4, Seconds: 5e-324, Acc: record.Some(float64(float32(0.1)))}
	}
	second, third := step(2), step(3)
	second.Loss, second.LossAfter = record.Number(math.NaN()), record.Some(math.Inf(-1))
	third.GaussNewton = &record.GaussNewton{Cert: 1.7976931348623157e308, Exact: true, Couplings: []record.Coupling{{Name: "block0.f", Rank: 33, SigmaMax: 0.1}, {Name: "block0.g"}}}
	for _, s := range []record.StepRecord{step(1), second, third} {
		errs = append(errs, r.AppendStep(s))
	}
	errs = append(errs, r.AppendEval(record.EvalRecord{Step: 3, Epoch: 1, Split: "test", Loss: 2. / 3, Acc: record.Some(1. / 3), Samples: 360}),
		r.AppendProbe(record.ProbeRecord{
			CKA: 1. / 3, DebiasedCKA: record.Number(math.NaN()),
			Couplings: []record.ProbeCoupling{{Name: "block0.f", Rank: 3, SigmaMax: 0.1, Log10: &record.LogCounts{PerDecade: 4, First: -1, Counts: []int{1, 2}}}, {Name: "block0.g"}},
		}),
		r.AppendEvent(record.EventRecord{Step: 3, Event: "warning", Message: "commas, \"quotes\"\nand lines"}), r.Close())
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// flatten names the leaves of a line as the table does.
func flatten(path string, v any, into map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v["name"].(string); ok { // a coupling
			path = name
			delete(v, "name")
		}
		for key, value := range v {
			flatten(strings.TrimPrefix(path+"."+key, "."), value, into)
		}
	case []any:
		var words []string
		for _, item := range v {
			if _, ok := item.(map[string]any); ok {
				flatten("", item, into)
				continue
			}
			words = append(words, fmt.Sprint(item))
		}
		if len(words) > 0 {
			into[path] = strings.Join(words, " ")
		}
	default:
		into[path] = v
	}
}

// The table holds what metrics.jsonl holds, number by number and bit by bit, as read by others.
func TestExportMetrics(t *testing.T) {
	dir := measuredRun(t)
	for _, kind := range record.TableKinds() {
		path := filepath.Join(t.TempDir(), "metrics.csv")
		stdout, err := export(dir, "--metrics", "csv", "--kind", kind, "--out", path)
		if err != nil || !strings.Contains(stdout, "rows of kind "+kind) {
			t.Fatalf("%q, %v", stdout, err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll() // which refuses rows of other lengths
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		header, rows := rows[0], rows[1:]
		for _, line := range metricLines(t, dir) {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Fatal(err)
			}
			if object["kind"] != kind {
				continue
			}
			delete(object, "kind")
			leaves := map[string]any{}
			flatten("", object, leaves)
			compareRow(t, header, rows[0], leaves)
			rows = rows[1:]
		}
		if len(rows) > 0 {
			t.Errorf("%s: %d rows too many", kind, len(rows))
		}
	}
}

func compareRow(t *testing.T, header, row []string, leaves map[string]any) {
	t.Helper()
	for i, name := range header {
		value, has := leaves[name]
		delete(leaves, name)
		same := false
		switch value := value.(type) {
		case nil:
			same = has && row[i] == "NaN" || !has && row[i] == ""
		case float64:
			got, err := strconv.ParseFloat(row[i], 64)
			same = err == nil && math.Float64bits(got) == math.Float64bits(value)
		case bool:
			same = row[i] == strconv.FormatBool(value)
		case string:
			same = row[i] == value
		}
		if !same {
			t.Errorf("column %s holds %q, the line has %v (there: %v)", name, row[i], value, has)
		}
	}
	for name := range leaves {
		t.Errorf("no column %s", name)
	}
}

func TestExportMetricsPlaces(t *testing.T) {
	dir := measuredRun(t)
	stdout, err := export(dir, "--metrics", "csv", "--kind", "eval", "--out", "-")
	if err != nil || stdout != "step,epoch,split,loss,acc,samples\n3,1,test,0.6666666666666666,0.3333333333333333,360\n" {
		t.Errorf("%q, %v", stdout, err)
	}
	if stdout, err = export(dir, "--metrics", "csv"); err != nil || !strings.HasPrefix(stdout, dir+"-step.csv: 3 rows") {
		t.Errorf("%q, %v", stdout, err)
	}
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{dir, "--metrics", "csv", "--step", "3"}, "step: belongs to a checkpoint", exitUsage},
		{[]string{dir, "--metrics", "csv", "--format", "gomlx"}, "format: belongs to a checkpoint", exitUsage},
		{[]string{dir, "--kind", "eval"}, "--metrics csv, which is missing", exitUsage},
		{[]string{dir, "--format", "gomlx", "--batch"}, "batch: got --format gomlx", exitUsage},
		{[]string{storedRun(t, config.F32), "--metrics", "csv"}, "holds no line of kind step", exitFailed},
		{[]string{dir, "--metrics", "csv", "--out", filepath.Join(dir, "absent", "x.csv")}, "there is no directory", exitFailed},
	} {
		_, err := export(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || exitCode(err) != c.code {
			t.Errorf("%v: error %v, want one line with %q and exit code %d", c.args[1:], err, c.want, c.code)
		}
	}
}
