// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"revgn/internal/record"
	"revgn/internal/tfevents"
)

const config = "lr: 0.5\ncarry: true\noptimizer: \"gn\"\nseed: 18446744073709551615\nhidden: 2000\n"

func runAt(dir string) Run {
	return Run{Dir: dir, Name: "a run", Config: []byte(config), Manifest: record.Manifest{Program: "revgn", Started: time.Date(2026, 3, 4, 5, 6, 7, 891, time.UTC)}}
}

// write makes the lines of some steps, with an evaluation, a probe, an event and numbers that are not finite among them.
func write(t *testing.T, r *record.Run, from, to int) {
	t.Helper()
	for step := from; step <= to; step++ {
		s := record.StepRecord{
			Step: step, Epoch: float64(step) / 2, Loss: record.Number(2 / float64(step)), Acc: record.Some(0.5), LR: 0.1, Seconds: 0.25, MeasureSeconds: record.Some(0.5),
			GaussNewton: &record.GaussNewton{Cert: record.Number(math.Inf(1)), Gain: 1, Exact: step%2 == 0, Couplings: []record.Coupling{{Name: "block0.f", Rank: 3, SigmaMax: 2}}},
			Trust:       &record.Trust{Accepted: true, GainRatio: record.Number(math.NaN())},
		}
		probe := record.ProbeRecord{Step: step, CKA: 1, Seconds: 1, Couplings: []record.ProbeCoupling{
			{Name: "block0.f", Rank: 3, SigmaMax: 20, SigmaMin: 0.5, Log10: record.NewLogCounts([]float64{0.5, 3, 20})}, {Name: "block0.g"},
		}}
		for _, err := range []error{
			r.AppendStep(s), r.AppendEval(record.EvalRecord{Step: step, Split: "test", Loss: 1, Acc: record.Some(0.75), Samples: 10, Seconds: record.Some(0.125)}),
			r.AppendProbe(probe), r.AppendEvent(record.EventRecord{Step: step, Event: "warning", Message: "careful"}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func create(t *testing.T) *record.Run {
	t.Helper()
	r, err := record.Create(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func begin(t *testing.T, dir, store string) *Mirrors {
	t.Helper()
	m, err := Begin(runAt(dir), Options{TensorBoard: true, MLflow: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// events are those of the one event file of a run; the version is left out.
func events(t *testing.T, dir string) []tfevents.Event {
	t.Helper()
	list, cutShort, err := tfevents.Read(bytes.NewReader(content(t, dir)))
	if err != nil || cutShort {
		t.Fatalf("cut short %v, %v", cutShort, err)
	}
	return list[1:]
}

func content(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(file(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func file(t *testing.T, dir string) string {
	t.Helper()
	files, err := tfevents.Files(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("event files %v (%v), want one", files, err)
	}
	return files[0]
}

// metricsIn are the lines of the metrics in a store by name.
func metricsIn(t *testing.T, store string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(store, "*", "*", "metrics"))
	if err != nil || len(names) != 1 {
		t.Fatalf("runs %v (%v), want one", names, err)
	}
	found := map[string]string{}
	err = filepath.WalkDir(names[0], func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(names[0], path)
		found[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What was added line by line is what is written anew from metrics.jsonl, times included.
func TestRebuiltIsWhatWasAdded(t *testing.T) {
	r, store := create(t), filepath.Join(t.TempDir(), "store")
	r.SetMirror(begin(t, r.Dir(), store))
	write(t, r, 1, 3)
	live, metrics := events(t, r.Dir()), metricsIn(t, store)
	begin(t, r.Dir(), store)
	if diff := cmp.Diff(live, events(t, r.Dir()), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("events (-added +written anew):\n%s", diff)
	}
	if diff := cmp.Diff(metrics, metricsIn(t, store)); diff != "" {
		t.Errorf("MLflow (-added +written anew):\n%s", diff)
	}
	if !slices.IsSortedFunc(live, func(a, b tfevents.Event) int { return a.Time.Compare(b.Time) }) {
		t.Error("times go back")
	}
	if got, want := live[len(live)-1].Time.Sub(live[0].Time), 3*1875*time.Millisecond; (got - want).Abs() > time.Millisecond {
		t.Errorf("the last event is %v after the start, want %v", got, want)
	}
}

// The names and the numbers of a line of each kind.
func TestSeries(t *testing.T) {
	r, store := create(t), filepath.Join(t.TempDir(), "store")
	r.SetMirror(begin(t, r.Dir(), store))
	write(t, r, 1, 2)
	var got []string
	for _, e := range events(t, r.Dir())[1:] {
		for _, v := range e.Values {
			if e.Step == 2 && v.Kind == tfevents.KindScalar {
				got = append(got, fmt.Sprintf("%s=%.4g", v.Tag, v.Scalar))
			}
		}
	}
	want := "step/epoch=1 train/loss=1 train/acc=0.5 step/lr=0.1 step/seconds=0.25 step/measure_seconds=0.5 step/cert=NaN step/cert_logits=0 step/gain=1 " +
		"step/exact=1 step/accepted=1 step/gain_ratio=NaN step/rate=0 coupling/block0.f/rank=3 coupling/block0.f/sigma_max=2 coupling/block0.f/sigma_min=0 " +
		"coupling/block0.f/residual=0 eval/test/loss=1 eval/test/acc=0.75 eval/test/seconds=0.125 probe/ntk_alignment=0 probe/ntk_alignment_raw=0 " +
		"probe/ntk_change=0 probe/cka=1 probe/cka_debiased=0 probe/relative_displacement=0 probe/cosine=0 probe/heldout_loss=0 probe/seconds=1 " +
		"probe/block0.f/rank=3 probe/block0.f/sigma_max=20 probe/block0.f/sigma_min=0.5 probe/block0.g/rank=0 probe/block0.g/sigma_max=0 probe/block0.g/sigma_min=0"
	if diff := cmp.Diff(strings.Fields(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := metricsIn(t, store)["step/cert"]; !regexp.MustCompile(`^\d+ nan 1\n\d+ nan 2\n$`).MatchString(got) {
		t.Errorf("MLflow has step/cert %q", got)
	}
}

// A kill at any byte of an event, and a record that was set back to an earlier step: after Begin, and after more lines, there is every step once.
func TestKilledAndSetBack(t *testing.T) {
	r, store := create(t), filepath.Join(t.TempDir(), "store")
	m := begin(t, r.Dir(), store)
	r.SetMirror(m)
	write(t, r, 1, 2)
	path := file(t, r.Dir())
	short := len(content(t, r.Dir()))
	write(t, r, 3, 3)
	whole := content(t, r.Dir())
	want := events(t, r.Dir())
	for cut := short; cut < len(whole); cut += 97 {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		begin(t, r.Dir(), "")
		if diff := cmp.Diff(want, events(t, r.Dir()), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("killed at byte %d (-want +got):\n%s", cut, diff)
		}
		path = file(t, r.Dir())
	}
	metrics := filepath.Join(r.Dir(), "metrics.jsonl")
	text, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	back := bytes.Index(text, []byte(`{"kind":"step","step":2`))
	if err := os.Truncate(metrics, int64(back)); err != nil {
		t.Fatal(err)
	}
	r.SetMirror(begin(t, r.Dir(), store))
	write(t, r, 2, 4)
	var steps []int64
	for _, e := range events(t, r.Dir()) {
		if slices.ContainsFunc(e.Values, func(v tfevents.Value) bool { return v.Tag == "train/loss" }) {
			steps = append(steps, e.Step)
		}
	}
	if !slices.Equal(steps, []int64{1, 2, 3, 4}) {
		t.Errorf("TensorBoard has steps %v", steps)
	}
	if _, err := Begin(runAt(r.Dir()), Options{}); err != nil {
		t.Fatal(err)
	}
	if files, err := tfevents.Files(r.Dir()); err != nil || len(files) != 0 {
		t.Errorf("without TensorBoard %v is left behind metrics.jsonl (%v)", files, err)
	}
	if got := regexp.MustCompile(` (\d+)\n`).FindAllString(metricsIn(t, store)["train/loss"], -1); strings.Join(got, "") != " 1\n 2\n 3\n 4\n" {
		t.Errorf("MLflow has steps %q", got)
	}
}

// Each way for a run to end, in the words of MLflow and of TensorBoard's hyperparameters; a run that goes on is running again.
func TestEnd(t *testing.T) {
	for status, want := range map[record.Status]struct {
		mlflow  int
		outcome tfevents.Outcome
	}{record.Done: {3, tfevents.Success}, record.Failed: {4, tfevents.Failure}, record.Interrupted: {5, tfevents.Failure}} {
		r, store := create(t), filepath.Join(t.TempDir(), "store")
		m := begin(t, r.Dir(), store)
		if err := m.End(status); err != nil {
			t.Fatal(err)
		}
		if got := metaIn(t, store); !strings.Contains(got, fmt.Sprintf("status: %d\n", want.mlflow)) || strings.Contains(got, "end_time: null") {
			t.Errorf("%s: MLflow has\n%s", status, got)
		}
		list := events(t, r.Dir())
		last := list[len(list)-1]
		// The outcome comes before the time, which is a double: 9 bytes.
		outcome := tfevents.HParamsEnd(last.Time, want.outcome).Data
		if len(last.Values) != 1 || !bytes.HasPrefix(last.Values[0].Data, outcome[:len(outcome)-9]) {
			t.Errorf("%s: the last event is %+v", status, last)
		}
		begin(t, r.Dir(), store)
		if got := metaIn(t, store); !strings.Contains(got, "status: 1\n") || !strings.Contains(got, "end_time: null") {
			t.Errorf("%s, going on: MLflow has\n%s", status, got)
		}
		if list := events(t, r.Dir()); len(list) != 1 {
			t.Errorf("%s, going on: %d events, want the options alone", status, len(list))
		}
	}
}

// metaIn is the meta.yaml of the one run in a store.
func metaIn(t *testing.T, store string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(store, "*", "*", "meta.yaml"))
	if err != nil || len(names) != 1 {
		t.Fatalf("runs %v (%v), want one", names, err)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Nothing that stands in a run directory leads out of the store.
func TestNamesFromElsewhere(t *testing.T) {
	r := create(t)
	if err := r.AppendStep(record.StepRecord{Step: 1, GaussNewton: &record.GaussNewton{Couplings: []record.Coupling{{Name: "../../../../x"}}}}); err != nil {
		t.Fatal(err)
	}
	_, err := Begin(runAt(r.Dir()), Options{MLflow: filepath.Join(t.TempDir(), "store")})
	if err == nil || !strings.Contains(err.Error(), `mlflow: name "coupling/../../../../x/rank"`) {
		t.Errorf("got %v", err)
	}
}

// Where a mirror cannot be written the error says which file, and what to do.
func TestCannotWrite(t *testing.T) {
	r := create(t)
	blocked := filepath.Join(t.TempDir(), "blocked")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for options, want := range map[Options]string{
		{MLflow: blocked}:                          "cannot write " + blocked + ": not a directory (choose a directory that can be written with --mlflow)",
		{MLflow: filepath.Join(blocked, "mlruns")}: "not a directory (choose a directory that can be written with --mlflow)",
	} {
		if _, err := Begin(runAt(r.Dir()), options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := Begin(runAt(filepath.Join(blocked, "run")), Options{TensorBoard: true}); err == nil || !strings.HasPrefix(err.Error(), "cannot write ") {
		t.Errorf("got %v", err)
	}
	m := begin(t, r.Dir(), "")
	r.SetMirror(m)
	if err := errors.Join(m.Close(), m.Close(), m.Append(record.Line{})); err != nil {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	got, err := parseSettings([]byte(config))
	want := map[string]any{"lr": 0.5, "carry": true, "optimizer": "gn", "seed": "18446744073709551615", "hidden": 2000.0}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got := paramText(2000000.0) + " " + paramText(1e-3) + " " + paramText(true) + " " + paramText("a"); got != "2000000 0.001 true a" {
		t.Errorf("params are written %s", got)
	}
}

// BenchmarkAppend adds a step of 2 blocks, 21 numbers, to both forms.
func BenchmarkAppend(b *testing.B) {
	r, err := record.Create(filepath.Join(b.TempDir(), "run"))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	step := record.StepRecord{Step: 1, Loss: 1, GaussNewton: &record.GaussNewton{Couplings: make([]record.Coupling, 4)}}
	for i := range step.Couplings {
		step.Couplings[i].Name = fmt.Sprintf("block%d.f", i)
	}
	for name, options := range map[string]Options{"tensorboard": {TensorBoard: true}, "mlflow": {MLflow: filepath.Join(b.TempDir(), "store")}} {
		b.Run(name, func(b *testing.B) {
			m, err := Begin(runAt(r.Dir()), options)
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			for b.Loop() {
				if err := m.Append(record.Line{Step: &step}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
