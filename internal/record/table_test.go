// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tableOfKind(t *testing.T, m *Metrics, kind string) Table {
	t.Helper()
	table, err := m.Table(kind)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Columns are those that some line has, in the order of the lines' fields, wherever the first line that has them stands.
func TestTableColumns(t *testing.T) {
	late := gnStep(2)
	late.Trust = &Trust{Accepted: true, GainRatio: Number(math.Inf(1)), Rate: 0.1}
	m := &Metrics{Steps: []StepRecord{{Step: 1, Epoch: 0.1, Loss: 0.1, LR: 1e-4, Seconds: 0.5}, late, {Step: 3, Epoch: 1, Loss: Number(math.NaN()), Acc: Some(0)}}}
	got := tableOfKind(t, m, "step")
	want := Table{
		Columns: strings.Fields("step epoch loss loss_after loss_change_pct heldout_change_pct acc lr step_norm seconds measure_seconds " +
			"cert cert_logits gain exact reconstruction linearisation block0.f.rank block0.f.sigma_max block0.f.sigma_min block0.f.residual " +
			"block0.g.rank block0.g.sigma_max block0.g.sigma_min block0.g.residual accepted gain_ratio rate"),
		Rows: [][]string{
			strings.Split("1,0.1,0.1,,,,,0.0001,,0.5,,,,,,,,,,,,,,,,,,", ","),
			strings.Split("2,0.5,2.25,1.125,-50,-2,0.5,0.2,4,1.5,0.25,3e-07,2e-07,1,true,1e-07,0.01,288,100,0.5,0.75,308,90,0.25,0,true,NaN,0.1", ","),
			strings.Split("3,1,NaN,,,,0,0,,0,,,,,,,,,,,,,,,,,,", ","),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Lines that differ in their couplings, as after a switch of optimizers, share one table.
func TestTableOfOtherKinds(t *testing.T) {
	m := &Metrics{
		Evals:  []EvalRecord{{Step: 2, Epoch: 1, Split: "test", Loss: 0.125, Acc: Some(0)}, {Step: 2, Epoch: 1, Split: "train", Loss: 1, Samples: 7}},
		Events: []EventRecord{{Step: 2, Event: "non-finite", Fields: []string{"loss", "couplings[0].residual"}, Message: "a, \"b\""}},
		Probes: []ProbeRecord{gnProbe(), {Step: 0, Seconds: 1}},
	}
	for kind, want := range map[string]Table{
		"step":  {},
		"eval":  {strings.Fields("step epoch split loss acc samples"), [][]string{strings.Split("2,1,test,0.125,0,", ","), strings.Split("2,1,train,1,,7", ",")}},
		"event": {strings.Fields("step epoch event fields message"), [][]string{{"2", "0", "non-finite", "loss couplings[0].residual", `a, "b"`}}},
	} {
		if diff := cmp.Diff(want, tableOfKind(t, m, kind)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", kind, diff)
		}
	}
	m.Probes[0].Couplings = []ProbeCoupling{{Name: "block0.f", Rank: 3, Log10: &LogCounts{PerDecade: 4, First: -1, Counts: []int{1, 2}}}, {Name: "block0.g"}}
	probes := tableOfKind(t, m, "probe")
	names := "block0.f.rank block0.f.sigma_max block0.f.sigma_min block0.f.log10_sigma.per_decade block0.f.log10_sigma.first block0.f.log10_sigma.counts " +
		"block0.g.rank block0.g.sigma_max block0.g.sigma_min"
	if got := strings.Join(probes.Columns[13:], " "); got != names || strings.Join(probes.Rows[0][13:], ",") != "3,0,0,4,-1,1 2,0,0,0" || strings.Join(probes.Rows[1][13:], "") != "" {
		t.Errorf("couplings: %s, %q", got, probes.Rows)
	}
	if i := slices.Index(probes.Columns, "heldout_change"); probes.Rows[0][i] != "-0.5" || probes.Rows[1][i] != "" {
		t.Errorf("probes: %+v", probes)
	}
	if _, err := m.Table("steps"); err == nil || !strings.Contains(err.Error(), "step, eval, probe, event") {
		t.Errorf("got %v", err)
	}
}

// Every number reads back to the same bits.
func TestTableNumbers(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 1. / 3, math.SmallestNonzeroFloat64, -math.MaxFloat64, 2.2250738585072011e-308, float64(float32(0.1)), 1e21, 123456789.123}
	m := &Metrics{}
	for i, v := range values {
		m.Steps = append(m.Steps, StepRecord{Step: i + 1, Epoch: v, Loss: Number(v), Acc: Some(v)})
	}
	table := tableOfKind(t, m, "step")
	for i, want := range values {
		for _, column := range []string{"epoch", "loss", "acc"} {
			text := table.Rows[i][slices.Index(table.Columns, column)]
			if got, err := strconv.ParseFloat(text, 64); err != nil || math.Float64bits(got) != math.Float64bits(want) {
				t.Errorf("%s %v is written %q, which reads as %v (%v)", column, want, text, got, err)
			}
		}
	}
}
