// SPDX-License-Identifier: Apache-2.0

package study

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/record"
)

// law is what runs of an arm are drawn from: the log loss at the end, how fast it is reached, the change of the loss by a step, that of the kernel, CKA at the end.
type law struct{ final, speed, own, held, change, cka float64 }

// laws of made-up runs: Gauss-Newton is fast and then flat on mini-batches, and best on the full batch.
func lawOf(setting string, a claims.Arm) law {
	gn := law{-1, 12, 0.3, 0.02, 0.05, 0.97}
	full := strings.Contains(setting, "full")
	switch {
	case strings.HasPrefix(a.Name, "adam") && full, strings.HasPrefix(a.Name, "sgd") && full:
		return law{-2, 1, 0.05, 0.02, 0.4, 0.8}
	case full:
		gn.final = -5
	case strings.HasPrefix(a.Name, "adam"):
		return law{-3, 1, 0.02, 0.02, 1, 0.7}
	case strings.HasPrefix(a.Name, "sgd"):
		return law{-0.5, 3, 0.02, 0.02, 0.1, 0.97}
	case a.Load > 0 || a.Share > 0:
		gn.final = -2 + 0.5*math.Log2(a.Load+a.Share)
	}
	return gn
}

const (
	madeSteps, madePerEpoch = 48, 4
	madeStart               = 0.83 // log 2.3
)

// writeRun makes the run directory of an arm.
func writeRun(t *testing.T, dir, setting string, a claims.Arm, seed uint64, random *rand.Rand) {
	t.Helper()
	run, err := record.Create(dir)
	must(t, err)
	defer run.Close()
	must(t, run.WriteConfig(fmt.Appendf(nil, "optimizer: %q\nlr: 0.5\nbatch-size: 125\nhidden: 999\nseed: %d\n", a.Name, seed)))
	manifest := record.NewManifest(madeWhen())
	manifest.Classes = 10
	must(t, run.WriteManifest(manifest))
	l := lawOf(setting, a)
	l.final += 0.15*math.Sin(float64(seed)) + 0.03*random.NormFloat64()
	loss := func(step int) float64 {
		at := float64(step) / madeSteps
		return math.Exp(madeStart + (l.final-madeStart)*(1-math.Exp(-l.speed*at))/(1-math.Exp(-l.speed)))
	}
	eval := func(step int) {
		for _, split := range []string{"train", "test"} {
			e := record.EvalRecord{Step: step, Epoch: float64(step) / madePerEpoch, Split: split, Loss: record.Number(loss(step)), Acc: record.Some(1 - loss(step)/3)}
			must(t, run.AppendEval(e))
		}
	}
	eval(0)
	for i := 1; i <= madeSteps; i++ {
		jitter := 1 + 0.1*random.NormFloat64()
		s := record.StepRecord{Step: i, Epoch: float64(i) / madePerEpoch, Loss: record.Number(loss(i - 1)), LR: 0.5, LossAfter: record.Some(loss(i)), Seconds: 0.01,
			LossChangePct: record.Some(100 * math.Expm1(-l.own*jitter)), HeldoutChangePct: record.Some(100 * math.Expm1(-l.held*jitter))}
		if a.Class != claims.Baseline {
			s.GaussNewton = &record.GaussNewton{Exact: a.Class == claims.Exact, Cert: record.Number(map[bool]float64{true: 1e-6, false: 0.4}[a.Class == claims.Exact] * jitter), Gain: 0.8, CertLogits: 1e-6}
		}
		must(t, run.AppendStep(s))
		if i%madePerEpoch == 0 {
			eval(i)
			at := float64(i) / madeSteps
			must(t, run.AppendProbe(record.ProbeRecord{Step: i, Epoch: s.Epoch, KernelAlignment: record.Number(1 - 0.3*l.change*at), KernelChange: record.Number(l.change * at * jitter),
				DebiasedCKA: record.Number(1 - (1-l.cka)*at), Displacement: record.Number(0.1 + at), Cosine: record.Number(1 - 0.2*at)}))
		}
	}
	must(t, run.WriteSummary(run.Summary(record.Done, "")))
	if setting == claims.MiniBatch {
		writeCKA(t, dir, l.cka+0.01*random.NormFloat64(), 0.6)
	}
}

func writeCKA(t *testing.T, dir string, cka, floor float64) {
	site := func(name string, v float64) map[string]any {
		return map[string]any{"site": name, "linear": map[string]any{"debiased": v}}
	}
	values := map[string]any{"start": []any{site("block0.stream", cka+0.01), site("block1.stream", cka)}, "floor": []any{site("block0.stream", floor+0.01), site("block1.stream", floor)}}
	b, err := json.Marshal(map[string]any{"analysis": "cka", "checkpoints": []any{map[string]any{"step": madeSteps, "values": values}}})
	must(t, err)
	writeText(t, filepath.Join(dir, "analysis", "cka.json"), string(b))
}

// writeStudy makes runs of all arms that some claims need, judges them, and leaves out the runs that skip tells.
func writeStudy(t *testing.T, out string, all []claims.Claim, skip func(setting, arm string, seed uint64) bool) claims.Verdicts {
	t.Helper()
	const task = "digits"
	random := rand.New(rand.NewPCG(1, 2))
	runs := claims.Runs{}
	var tuning []claims.Tuned
	for _, c := range claims.Cells(all) {
		a, err := claims.FindArm(c.Arm)
		must(t, err)
		for _, seed := range claims.Smoke.Seeds() {
			if skip(c.Setting, c.Arm, seed) {
				continue
			}
			dir := filepath.Join(out, task, c.Setting, "runs", fmt.Sprintf("%s-%d", c.Arm, seed))
			writeRun(t, dir, c.Setting, a, seed, random)
			run, err := claims.OpenRun(dir)
			must(t, err)
			runs[claims.Key{Setting: c.Setting, Arm: c.Arm, Seed: seed}] = run
		}
		if len(a.Rate.Grid) > 0 {
			tuning = append(tuning, claims.Tuned{Task: task, Setting: c.Setting, Arm: c.Arm, Seeds: []uint64{100, 101}, Runs: []int{1, 2, 1}, Rates: []number.Number{0.25, 0.5, 1}, Losses: []number.Number{0.5, 0.3, number.Number(math.NaN())}, Rate: 0.5,
				Edge: c.Arm == "sgd", Discarded: map[bool][]number.Number{true: {1}}[c.Arm == "split"]})
		}
	}
	var verdicts []claims.Verdict
	for _, c := range all {
		verdicts = append(verdicts, claims.Judge(c, task, runs, claims.Smoke.Seeds()))
	}
	waiting := []claims.Waiting{{Claim: "99", Variation: claims.ByExact, Task: task, Statement: "A claim that waits.", Made: 3, Of: 10}}
	v := claims.Collect("test", claims.Smoke, tuning, verdicts, waiting)
	b, err := json.MarshalIndent(v, "", " ")
	must(t, err)
	writeText(t, filepath.Join(out, claims.VerdictsFile), string(b))
	return v
}

func everyRun(string, string, uint64) bool { return false }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}
