// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"revgn/internal/claims"
	"revgn/internal/record"
)

// madeUp is a run that nobody made.
type madeUp struct {
	name    string
	how     string // it ended, "" for well
	metrics *record.Metrics
	sites   []claims.Similarity
}

const classes = 10

func (m *madeUp) Name() string                             { return m.name }
func (m *madeUp) Ended() (bool, string)                    { return m.how == "", m.how }
func (m *madeUp) Classes() int                             { return classes }
func (m *madeUp) Metrics() *record.Metrics                 { return m.metrics }
func (m *madeUp) Similarity() ([]claims.Similarity, error) { return m.sites, nil }

// law is what runs of an arm are drawn from. Losses and changes are logarithms.
type law struct {
	final, speed float64 // of the training loss; a large speed is fast at first and then flat
	own, held    float64 // fall of the loss by a step on its batch and on the held-out one
	turn, change float64 // of the tangent kernel at the end
	cka, floor   float64
	beside       float64 // the loss at the end, from that of gradient descent in the logits
}

// Sizes of made-up runs, and the spread of what is drawn: common to the runs of a seed, and a run's own.
const (
	epochs, perEpoch = 12, 2
	ofSeed, ofRun    = 0.15, 0.02
	startLoss        = 0.83 // log 2.3
	steps            = epochs * perEpoch
)

// world says what every arm does in every setting.
type world func(setting, arm string) law

// runs draws all runs that the claims need.
func (w world) runs(all []claims.Claim, seeds []uint64, random *rand.Rand) claims.Runs {
	runs, arms := claims.Runs{}, map[string]claims.Class{}
	for _, a := range claims.Arms() {
		arms[a.Name] = a.Class
	}
	cells := claims.Cells(all)
	for _, seed := range seeds {
		common := ofSeed * random.NormFloat64()
		for _, c := range cells {
			name := fmt.Sprintf("%s-%s-%d", c.Setting, c.Arm, seed)
			runs[claims.Key{Setting: c.Setting, Arm: c.Arm, Seed: seed}] = w(c.Setting, c.Arm).run(name, arms[c.Arm], common, random)
		}
	}
	return runs
}

// run draws one run.
func (l law) run(name string, class claims.Class, common float64, random *rand.Rand) *madeUp {
	own := func() float64 { return ofRun * random.NormFloat64() }
	l.final += common + own()
	l.own, l.held, l.change, l.turn = l.own+own(), l.held+own(), l.change+own(), l.turn*math.Exp(own())
	loss := func(step int) float64 {
		t := float64(step) / steps
		return math.Exp(startLoss + (l.final-startLoss)*(1-math.Exp(-l.speed*t))/(1-math.Exp(-l.speed)))
	}
	rate := rateTo(l.final - l.beside + own())
	m := &madeUp{name: name, metrics: &record.Metrics{}}
	for i := 1; i <= steps; i++ {
		s := record.StepRecord{Step: i, Epoch: float64(i) / perEpoch, Loss: record.Number(loss(i - 1)), LR: record.Number(rate),
			LossAfter:     record.Some(loss(i)),
			LossChangePct: record.Some(100 * math.Expm1(-l.own-own()/3)), HeldoutChangePct: record.Some(100 * math.Expm1(-l.held-own()/3))}
		if class != claims.Baseline {
			s.GaussNewton = &record.GaussNewton{Exact: class == claims.Exact}
		}
		m.metrics.Steps = append(m.metrics.Steps, s)
		if i%perEpoch == 0 {
			for _, split := range []string{"train", "test"} {
				m.metrics.Evals = append(m.metrics.Evals, record.EvalRecord{Step: i, Epoch: s.Epoch, Split: split, Loss: record.Number(loss(i)), Acc: record.Some(1 - math.Exp(l.final)/3)})
			}
		}
		if i%4 == 0 {
			m.metrics.Probes = append(m.metrics.Probes, record.ProbeRecord{Step: i, Epoch: s.Epoch, KernelAlignment: record.Number(1 - l.turn*float64(i)/steps),
				KernelChange: record.Number(math.Exp(l.change) * float64(i) / steps)})
		}
	}
	for _, site := range []string{"block0.stream", "block1.stream"} {
		m.sites = append(m.sites, claims.Similarity{Site: site, Start: l.cka + own()/2, Floor: l.floor + own()/2})
	}
	return m
}

// rateTo is the rate at which gradient descent in the logits comes to the log of a loss after all steps.
func rateTo(final float64) float64 {
	lo, hi := 0., 1e3
	for range 60 {
		rate, d := (lo+hi)/2, 0.
		for range steps {
			p := math.Exp(d) / (math.Exp(d) + classes - 1)
			d += rate * (1 - p) * classes / (classes - 1)
		}
		if math.Log(-math.Log(math.Exp(d)/(math.Exp(d)+classes-1))) > final {
			lo = rate
		} else {
			hi = rate
		}
	}
	return lo
}
