// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gnStep is a full record of a Gauss-Newton step.
func gnStep(step int) StepRecord {
	return StepRecord{
		Step: step, Epoch: 0.5, Loss: 2.25, LossAfter: Some(1.125), LossChangePct: Some(-50), HeldoutChangePct: Some(-2),
		Acc: Some(0.5), LR: 0.2, StepNorm: Some(4), Seconds: 1.5, MeasureSeconds: Some(0.25),
		GaussNewton: &GaussNewton{
			Cert: 3e-7, CertLogits: 2e-7, Gain: 1, Exact: true, Reconstruction: Some(1e-7), Linearisation: Some(0.01),
			Couplings: []Coupling{{"block0.f", 288, 100, 0.5, 0.75}, {"block0.g", 308, 90, 0.25, 0}},
		},
	}
}

func gnProbe() ProbeRecord {
	return ProbeRecord{
		Step: 2, Epoch: 1, KernelAlignment: 0.5, KernelRaw: 0.75, KernelChange: 2, CKA: 0.875, DebiasedCKA: 0.25, Displacement: 3, Cosine: 0.125,
		HeldoutLoss: 1.5, HeldoutChange: Some(-0.5), HeldoutChangePct: Some(-25), Seconds: 0.0625,
	}
}

func lines(t *testing.T, r *Run) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.Dir(), metricsFile))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// The names are an interface: other programs read them.
func TestLines(t *testing.T) {
	r := create(t)
	for _, err := range []error{
		r.AppendStep(gnStep(1)),
		r.AppendStep(StepRecord{Step: 2, Epoch: 1, Loss: 0, LR: 1e-4, Seconds: 0.5}),
		r.AppendEval(EvalRecord{Step: 2, Epoch: 1, Split: "test", Loss: 0.125, Acc: Some(0)}),
		r.AppendProbe(gnProbe()),
		r.AppendEvent(EventRecord{Step: 2, Epoch: 1, Event: "warning", Message: "lr > 1"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"kind":"step","step":1,"epoch":0.5,"loss":2.25,"loss_after":1.125,"loss_change_pct":-50,"heldout_change_pct":-2,"acc":0.5,"lr":0.2,"step_norm":4,` +
			`"seconds":1.5,"measure_seconds":0.25,"cert":3e-07,"cert_logits":2e-07,"gain":1,"exact":true,"reconstruction":1e-07,` +
			`"linearisation":0.01,"couplings":[{"name":"block0.f","rank":288,"sigma_max":100,"sigma_min":0.5,"residual":0.75},` +
			`{"name":"block0.g","rank":308,"sigma_max":90,"sigma_min":0.25,"residual":0}]}`,
		`{"kind":"step","step":2,"epoch":1,"loss":0,"lr":0.0001,"seconds":0.5}`,
		`{"kind":"eval","step":2,"epoch":1,"split":"test","loss":0.125,"acc":0}`,
		`{"kind":"probe","step":2,"epoch":1,"ntk_alignment":0.5,"ntk_alignment_raw":0.75,"ntk_change":2,"cka":0.875,"cka_debiased":0.25,` +
			`"relative_displacement":3,"cosine":0.125,"heldout_loss":1.5,"heldout_change":-0.5,"heldout_change_pct":-25,"seconds":0.0625}`,
		`{"kind":"event","step":2,"epoch":1,"event":"warning","message":"lr \u003e 1"}`,
	}
	if diff := cmp.Diff(want, lines(t, r)); diff != "" {
		t.Errorf("metrics.jsonl (-want +got):\n%s", diff)
	}
	m, err := open(t, r).Metrics()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(gnStep(1), m.Steps[0]); diff != "" {
		t.Errorf("step 1 read back (-want +got):\n%s", diff)
	}
	if m.Steps[1].GaussNewton != nil || m.Steps[1].Acc.Set {
		t.Errorf("a baseline's step read back as %+v", m.Steps[1])
	}
	if diff := cmp.Diff([]ProbeRecord{gnProbe()}, m.Probes); diff != "" {
		t.Errorf("the probe read back (-want +got):\n%s", diff)
	}
	if s := r.Summary(Done, ""); s.Probes != 1 || s.ProbeSeconds != 0.0625 || s.StepSeconds != 2 {
		t.Errorf("the summary has %d probes of %v s beside steps of %v s", s.Probes, s.ProbeSeconds, s.StepSeconds)
	}
	if len(m.Evals) != 1 || len(m.Events) != 1 || m.CutShort {
		t.Errorf("read %+v", m)
	}
}

func TestNonFinite(t *testing.T) {
	r := create(t)
	s := gnStep(7)
	s.Loss = Number(math.NaN())
	s.LossAfter = Some(math.Inf(1))
	s.Couplings[1].Residual = Number(math.Inf(-1))
	if err := r.AppendStep(s); err != nil {
		t.Fatal(err)
	}
	m, err := open(t, r).Metrics()
	if err != nil {
		t.Fatal(err)
	}
	got := m.Steps[0]
	for name, n := range map[string]Number{"loss": got.Loss, "loss_after": got.LossAfter.Value, "residual": got.Couplings[1].Residual} {
		if !math.IsNaN(float64(n)) {
			t.Errorf("%s read back as %v, want NaN", name, n)
		}
	}
	if !got.LossAfter.Set {
		t.Error("a null loss_after reads back as absent")
	}
	want := []EventRecord{{
		Step: 7, Epoch: 0.5, Event: "non-finite", Fields: []string{"loss", "loss_after", "couplings[1].residual"},
		Message: "step 7: loss is NaN, loss_after is +Inf, couplings[1].residual is -Inf",
	}}
	if diff := cmp.Diff(want, m.Events); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestReadMetricsErrors(t *testing.T) {
	step := `{"kind":"step","step":3,"loss":1}` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"damaged", step + "{\"kind\":\"st\x00\n" + step, "m:2: damaged"},
		{"no object", step + "7\n", "m:2: damaged"},
		{"no kind", "{}\n", "m:1: a line without \"kind\""},
		{"repeat", step + "\n", "m:2:"},
		{"back", step + step, "m:2: step 3 after step 3"},
		{"negative", `{"kind":"eval","step":-1}` + "\n", "m:1: step -1"},
		{"wrong type", `{"kind":"step","step":1,"loss":"low"}` + "\n", "m:1: damaged"},
		{"long", strings.Repeat(" ", maxLine) + "\n", "m:1: the line is longer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := ReadMetrics(strings.NewReader(c.text), "m")
			wantError(t, err, c.want)
			if want := strings.HasPrefix(c.text, step); (len(m.Steps) == 1) != want {
				t.Errorf("before the line it read %+v", m.Steps)
			}
		})
	}
}

func TestReadMetricsTolerates(t *testing.T) {
	m, err := ReadMetrics(strings.NewReader(`{"kind":"later","x":[1]}`+"\n"+`{"kind":"step","step":1,"loss":1,"new":2}`+"\n"+`{"kind":"step","st`), "m")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Steps) != 1 || !m.CutShort {
		t.Errorf("read %+v, want one step and a line cut short", m)
	}
}

func TestFullDiskLeavesWholeLines(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no /dev/full here: %v", err)
	}
	r := create(t)
	if err := r.AppendStep(gnStep(1)); err != nil {
		t.Fatal(err)
	}
	before := lines(t, r)
	real := r.metrics
	r.metrics = full
	wantError(t, r.AppendStep(gnStep(2)), "metrics.jsonl", "no space left", "free some space")
	r.metrics = real
	if diff := cmp.Diff(before, lines(t, r)); diff != "" {
		t.Error(diff)
	}
	if s := r.Summary(Failed, "x"); s.Steps != 1 {
		t.Errorf("the summary counts %d steps, want the one that was written", s.Steps)
	}
	if err := full.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkAppendStep(b *testing.B) {
	r := create(b)
	s := gnStep(1)
	for b.Loop() {
		if err := r.AppendStep(s); err != nil {
			b.Fatal(err)
		}
	}
}
