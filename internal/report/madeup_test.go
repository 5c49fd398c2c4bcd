// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"revgn/internal/record"
)

// madeUp is a run that nobody made.
type madeUp struct {
	optimizer string
	lr        string
	seed      int
	steps     int
	couplings []string // of gn; names
	message   string   // of an event
	extra     string   // more lines of config.yaml
	status    record.Status
}

func (m madeUp) config() []byte {
	return fmt.Appendf(nil, "dataset: \"digits\"\noptimizer: %q\nlr: %s\nseed: %d\nout: \"x\"\n%s", m.optimizer, m.lr, m.seed, m.extra)
}

// lines are the records of the run. Step spikeStep has a loss far above its neighbours.
func (m madeUp) lines() *record.Metrics {
	noise := rand.New(rand.NewPCG(uint64(m.seed), 7))
	out := &record.Metrics{}
	for step := 1; step <= m.steps; step++ {
		decay := math.Exp(-3 * float64(step) / float64(m.steps))
		jitter := 1 + 0.1*noise.NormFloat64()
		s := record.StepRecord{Step: step, Epoch: float64(step) / 10, Loss: record.Number(2.3 * decay * jitter), LossAfter: record.Some(2 * decay),
			LossChangePct: record.Some(-10 * jitter), HeldoutChangePct: record.Some(-5 * jitter), Acc: record.Some(1 - decay), LR: 0.1,
			StepNorm: record.Some(jitter * decay), Seconds: record.Number(0.01 * (1 + noise.Float64()))}
		if step == m.spikeStep() {
			s.Loss = spike
		}
		if m.optimizer == "gn" {
			s.GaussNewton = m.certificate(step, noise)
		}
		out.Steps = append(out.Steps, s)
		if step%max(1, m.steps/10) == 0 {
			out.Evals = append(out.Evals, record.EvalRecord{Step: step, Epoch: s.Epoch, Split: "train", Loss: s.Loss, Acc: s.Acc},
				record.EvalRecord{Step: step, Epoch: s.Epoch, Split: "test", Loss: s.Loss * 1.1, Acc: record.Some(0.9 * (1 - decay) * jitter)})
			out.Probes = append(out.Probes, record.ProbeRecord{Step: step, Epoch: s.Epoch, KernelAlignment: record.Number(decay), KernelChange: record.Number(1 - decay),
				CKA: record.Number(decay), DebiasedCKA: record.Number(decay), Displacement: record.Number(3 * (1 - decay)), Cosine: record.Number(decay), HeldoutLoss: s.Loss})
		}
	}
	if m.message != "" {
		out.Events = append(out.Events, record.EventRecord{Step: m.steps, Event: "warning", Message: m.message})
	}
	return out
}

// spike is a loss that no other step has.
const spike = 77.5

func (m madeUp) spikeStep() int { return m.steps*2/3 + m.seed%5 }

func (m madeUp) certificate(step int, noise *rand.Rand) *record.GaussNewton {
	g := &record.GaussNewton{Cert: record.Number(1e-6 * (1 + noise.Float64())), CertLogits: 1e-6, Gain: 1, Exact: true}
	for i, name := range m.couplings {
		g.Couplings = append(g.Couplings, record.Coupling{Name: name, Rank: 30 + 10*i + step/20, SigmaMax: record.Number(80 + noise.Float64()), SigmaMin: record.Number(0.01 * (1 + noise.Float64())), Residual: record.Number(math.Pow(10, -float64(i)))})
	}
	return g
}

// write makes the run's directory as train does.
func (m madeUp) write(t *testing.T, dir string) {
	t.Helper()
	run, err := record.Create(dir)
	must(t, err)
	defer run.Close()
	must(t, run.WriteConfig(m.config()))
	must(t, run.WriteManifest(record.NewManifest(time.Unix(1.7e9, 0))))
	lines := m.lines()
	for _, s := range lines.Steps {
		must(t, run.AppendStep(s))
	}
	for _, e := range lines.Evals {
		must(t, run.AppendEval(e))
	}
	for _, p := range lines.Probes {
		must(t, run.AppendProbe(p))
	}
	for _, e := range lines.Events {
		must(t, run.AppendEvent(e))
	}
	status := m.status
	if status == "" {
		status = record.Done
	}
	summary := run.Summary(status, "")
	summary.Seconds = 1.5 * summary.StepSeconds
	must(t, run.WriteSummary(summary))
}

// writeStudy makes three optimizers with three seeds each below dir, and analyses in the first run.
func writeStudy(t *testing.T, dir string, steps int) {
	t.Helper()
	for _, optimizer := range []string{"gn", "adam", "sgd"} {
		for seed := 1; seed <= 3; seed++ {
			m := madeUp{optimizer: optimizer, lr: "0.1", seed: seed, steps: steps, couplings: []string{"block0.f", "block0.g", "block1.f", "block1.g"}}
			m.write(t, filepath.Join(dir, fmt.Sprintf("%s-%d", optimizer, seed)))
		}
	}
	writeAnalyses(t, filepath.Join(dir, "gn-1"))
}

// many is the content of many long runs, made without their files.
func many(t *testing.T, groups, seeds, steps int) *Content {
	t.Helper()
	made := map[*Run]madeUp{}
	var runs []*Run
	for g := range groups {
		for seed := range seeds {
			m := madeUp{optimizer: []string{"gn", "adam", "sgd"}[g%3], lr: fmt.Sprint(0.001 * float64(g+1)), seed: seed, steps: steps, couplings: []string{"block0.f", "block0.g"}}
			options, err := parseOptions(m.config())
			must(t, err)
			r := &Run{Dir: fmt.Sprintf("%d-%d", g, seed), Name: fmt.Sprintf("run %d-%d", g, seed), Options: options, Traces: map[string]*Trace{}}
			made[r], runs = m, append(runs, r)
		}
	}
	c, err := gather(t.Context(), runs, "Many runs", func(r *Run) { r.read(made[r].lines()) })
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// load is the content of the runs below dir.
func load(t *testing.T, dir string) *Content {
	t.Helper()
	dirs, err := Find([]string{dir})
	must(t, err)
	c, err := Load(t.Context(), dirs, "Runs that nobody made")
	must(t, err)
	return c
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}
