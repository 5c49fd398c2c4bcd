// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/config"
	"revgn/internal/devices"
	"revgn/internal/optim"
	"revgn/internal/train"
	"revgn/model"
)

// update is the phase that ends the step: what the whole of it has beyond its last prefix.
const update = "update"

// phases times the prefixes of a step and the step in turn, and takes differences round by round. took is about what a step takes.
func (s *session) phases(ctx context.Context, sub *subject, took time.Duration) ([]Phase, error) {
	prefixes := sub.prefixes()
	var works []func() error
	for _, p := range prefixes {
		s.ui.Doing("compiling the step up to " + p.Phase)
		exec, err := sub.devices.NewExec(sub.backend.Backend, sub.vars.Store, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node { return p.Build(in[0], in[1]) })
		if err != nil {
			return nil, err
		}
		defer exec.Finalize()
		work := func() error { return sub.call(exec) }
		for range warmSteps {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := work(); err != nil {
				return nil, err
			}
		}
		works = append(works, work)
	}
	works = append(works, sub.step)
	n := rounds(s.Repeat, took*time.Duration(len(works)))
	s.ui.Start(n, "step", "bench phases of "+words(sub.keys))
	seconds, err := turns{now: s.now, ui: s.ui, works: works}.run(ctx, n)
	if err != nil {
		return nil, err
	}
	total, _ := train.Operations(sub.stepper, sub.Options.Optimizer, sub.vars.Config, sub.batch)
	return phasesOf(prefixes, total, seconds), nil
}

// phasesOf are the differences of neighbours in seconds, by prefix and round, the step last.
func phasesOf(prefixes []gnstep.Prefix, total float64, seconds [][]float64) []Phase {
	var phases []Phase
	var before []float64
	for i, p := range prefixes {
		phases = append(phases, Phase{p.Phase, SpreadOf(differences(seconds[i], before)), p.Operations})
		before, total = seconds[i], total-p.Operations
	}
	// Counts of the same operations in another order may differ in their last digits.
	if total < 1 {
		total = 0
	}
	return append(phases, Phase{update, SpreadOf(differences(seconds[len(prefixes)], before)), total})
}

// call runs a prefix on the batch and frees its results.
func (sub *subject) call(exec *devices.Exec) error {
	x, y := sub.upload()
	out, err := exec.Call(x, y)
	if err != nil {
		return err
	}
	return devices.Free(append(out, x, y)...)
}

// prefixes are those of the step; of a baseline the forward pass, and the gradient where the baseline takes it.
func (sub *subject) prefixes() []gnstep.Prefix {
	if step, ok := sub.stepper.(*gnstep.Step); ok {
		return step.Prefixes(sub.batch)
	}
	c := sub.vars.Config
	objective := model.Objective{Loss: model.Loss(sub.Options.Loss), Smoothing: sub.Options.LabelSmoothing}
	forward := func(x, y *graph.Node) (logits, loss *graph.Node) {
		logits = sub.vars.Network(x.Graph()).At(x).Logits
		return logits, objective.Mean(logits, y)
	}
	counted := optim.ForwardOperations(c, sub.batch)
	prefixes := []gnstep.Prefix{{Phase: "forward", Operations: counted, Build: func(x, y *graph.Node) []*graph.Node {
		logits, loss := forward(x, y)
		return []*graph.Node{loss, logits}
	}}}
	if sub.Options.Optimizer == config.KFAC {
		return prefixes
	}
	return append(prefixes, gnstep.Prefix{Phase: "gradient", Operations: optim.Operations(optim.SGD, c, sub.batch) - counted,
		Build: func(x, y *graph.Node) []*graph.Node {
			logits, loss := forward(x, y)
			var weights []*graph.Node
			for _, named := range sub.vars.Trained() {
				weights = append(weights, named.Variable.NodeValue(x.Graph()))
			}
			return append([]*graph.Node{loss, logits}, graph.Gradient(loss, weights...)...)
		}})
}
