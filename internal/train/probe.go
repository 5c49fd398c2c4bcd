// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/analysis"
	"revgn/analysis/cka"
	"revgn/analysis/ntk"
	"revgn/data"
	"revgn/internal/config"
	"revgn/internal/devices"
	"revgn/internal/record"
	"revgn/model"
)

// probeSamples is the size of the probe set where the test part has that many, leastProbes the fewest that a debiased comparison can do with.
const probeSamples, leastProbes = 256, 4

// probing says what --probe-every looks at, and what that takes.
type probing struct {
	every  int
	set    analysis.Probe
	kernel ntk.Plan
}

// planProbes is nil where the options ask for no probes.
func planProbes(o config.Options, source *data.Source, c model.Config) (*probing, error) {
	if o.ProbeEvery == 0 {
		return nil, nil
	}
	set := source.Test
	n := min(probeSamples, set.Len())
	if n < leastProbes {
		return nil, fmt.Errorf("probe-every: the test part of %s has %d samples; want %d or more (use --probe-every 0)", source.Name, n, leastProbes)
	}
	p := &probing{every: o.ProbeEvery}
	var err error
	if p.set, err = analysis.NewProbe(source.Name, "test", set.X[:n*set.D], set.Y[:n], set.Classes); err != nil {
		return nil, err
	}
	if p.kernel, err = ntk.NewPlan(c, p.set, ntk.Options{MemoryLimit: o.MemoryLimit, Kept: 2}); err != nil {
		return nil, fmt.Errorf("probe-every: %w", err)
	}
	return p, nil
}

// due tells whether the weights after a step are probed.
func (p *probing) due(step int) bool { return p != nil && step%p.every == 0 }

// operations counts those of a probe: the tangent kernel, two looks at the network, ahead of the step and after it, and the spectra of its features.
func (p *probing) operations(c model.Config) float64 {
	n, width := float64(p.set.Len()), float64(c.Width)
	return p.kernel.Operations.Total() + 2*(ForwardOperations(c, p.set.Len())+2*n*n*width) + spectraOperations(c, p.set.Len())
}

// line says what probes cost beside steps of that many operations.
func (p *probing) line(c model.Config, step float64) string {
	each := p.operations(c)
	return fmt.Sprintf("probes     every %s steps on %d test samples: %s each, %.3g of a step, so %.2g %% on top of the steps; %s for a copy of the start's weights",
		count(p.every), p.set.Len(), operations(each), each/step, 100*each/step/float64(p.every), binary(c.Trainable()*c.DType.Size()))
}

// manifest is what the manifest says of the samples.
func (p *probing) manifest() *record.ProbeSet {
	s := p.set
	return &record.ProbeSet{Data: s.Data, Part: s.Part, Samples: s.Len(), Features: s.D, Classes: s.Classes, SHA256: s.SHA256}
}

// startPath is where the store keeps the weights of the start for probes, beside what a checkpoint saves.
func startPath(v *gomlx.Variable) string { return "/probe" + v.Path() }

// probeGraph looks at the network on x (n, D), labels (n): the loss, ‖Z_0‖², ‖Z_t‖², <Z_0, Z_t> and ‖Z_t - Z_0‖² over all that is trained, summed in Float64; and the
// kernel matrix of the last block's stream (n, n).
func probeGraph(vars *model.Variables, loss model.Loss) devices.Function {
	stream := cka.LastStream(vars)
	return func(scope *gomlx.Scope, in []*graph.Node) []*graph.Node {
		g := in[0].Graph()
		// In Float64, so that the little that a step changes is not lost.
		logits := graph.ConvertDType(vars.Network(g).At(in[0]).Logits, dtypes.Float64)
		numbers := []*graph.Node{loss.Mean(logits, in[1])}
		sums := make([]*graph.Node, 4)
		for i := range sums {
			sums[i] = graph.ScalarZero(g, dtypes.Float64)
		}
		for _, named := range vars.Trained() {
			start := graph.ConvertDType(vars.Store.GetVariable(startPath(named.Variable)).NodeValue(g), dtypes.Float64)
			now := graph.ConvertDType(named.Variable.NodeValue(g), dtypes.Float64)
			for i, pair := range [][2]*graph.Node{{start, start}, {now, now}, {start, now}} {
				sums[i] = graph.Add(sums[i], graph.ReduceAllSum(graph.Mul(pair[0], pair[1])))
			}
			sums[3] = graph.Add(sums[3], graph.ReduceAllSum(graph.Square(graph.Sub(now, start))))
		}
		return append([]*graph.Node{vector(append(numbers, sums...))}, stream(scope, in[:1])...)
	}
}
