// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"revgn/gnstep"
	"revgn/model"
)

// Kind names a baseline.
type Kind string

// The baselines.
const (
	SGD      Kind = "sgd"
	Momentum Kind = "momentum"
	Adam     Kind = "adam"
	AdamW    Kind = "adamw"
	Muon     Kind = "muon"
	KFAC     Kind = "kfac"
)

// Kinds lists the baselines.
func Kinds() []Kind { return []Kind{SGD, Momentum, Adam, AdamW, Muon, KFAC} }

// Options are the hyperparameters of all baselines; each reads its own. The learning rate is an input of the step.
type Options struct {
	Kind         Kind
	Loss         model.Loss
	Smoothing    float64 // of the labels, in [0, 1)
	Momentum     float64 // μ, momentum and muon
	Beta1, Beta2 float64 // adam, adamw
	Eps          float64 // adam, adamw
	WeightDecay  float64 // λ; decoupled for adamw and muon, not read by kfac
	KFACDamping  float64 // λ of kfac's first step
}

// DefaultOptions are PyTorch's defaults, with the usual μ = 0.9 of momentum; no weight decay for muon, whose default there is 0.1; and a λ for kfac, which
// PyTorch lacks.
func DefaultOptions(kind Kind) Options {
	o := Options{Kind: kind, Loss: model.CrossEntropy, Momentum: 0.9, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, KFACDamping: 0.01}
	switch kind {
	case AdamW:
		o.WeightDecay = 0.01
	case Muon:
		o.Momentum = 0.95
	}
	return o
}

// baseline is a Stepper that follows the gradient.
type baseline struct {
	vars   *model.Variables
	opts   Options
	update func(lr *graph.Node, gradients []model.Delta)
}

// New makes a baseline for the network of vars.
func New(vars *model.Variables, o Options) (gnstep.Stepper, error) {
	objective := model.Objective{Loss: o.Loss, Smoothing: o.Smoothing}
	if err := objective.Validate(); err != nil {
		return nil, err
	}
	if o.Kind == KFAC {
		return newKFAC(vars, objective, o.KFACDamping)
	}
	b := &baseline{vars: vars, opts: o}
	switch o.Kind {
	case SGD:
		sgd := optimizer.StochasticGradientDescent().WithDecay(false)
		b.update = func(lr *graph.Node, gradients []model.Delta) {
			sgd.UpdateGraphWithGradients(vars.Store.RootScope(), inStore(vars, lr.Graph(), gradients), vars.Config.DType)
		}
	case Adam, AdamW:
		decay := o.WeightDecay
		if o.Kind == Adam { // its decay belongs to the gradient
			decay = 0
		}
		update, err := newAdam(vars, o, decay)
		if err != nil {
			return nil, err
		}
		b.update = update
	case Momentum:
		m, err := newMomentum(vars, o.Momentum)
		if err != nil {
			return nil, err
		}
		b.update = m.update
	case Muon:
		m, err := newMuon(vars, o.Momentum, o.WeightDecay)
		if err != nil {
			return nil, err
		}
		b.update = m.update
	default:
		return nil, unknown(o.Kind)
	}
	return b, nil
}

func unknown(kind Kind) error {
	var names []string
	for _, known := range Kinds() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown optimizer %q (allowed: %s)", kind, strings.Join(names, ", "))
}

// Build adds one step to the graph (gnstep.Stepper).
func (b *baseline) Build(x, labels, lr *graph.Node) gnstep.Outcome {
	g := x.Graph()
	trace := b.vars.Network(g).At(x)
	objective := model.Objective{Loss: b.opts.Loss, Smoothing: b.opts.Smoothing}
	loss := objective.Mean(trace.Logits, labels)
	before := weights(b.vars, g)
	learningRate(b.vars.Store, lr)
	b.update(lr, b.regularised(gradientOf(trace, objective, labels), trace.Net.Weights()))
	finite, norm := b.guard(g, before)
	return gnstep.Outcome{
		Loss: loss, Accuracy: model.Accuracy(trace.Logits, labels),
		StepNorm: norm, Finite: finite, Logits: trace.Logits,
	}
}

// Layout is that of a step without a certificate (gnstep.Stepper).
func (b *baseline) Layout() gnstep.Layout { return gnstep.Layout{} }

// learningRate makes the step's lr the value of the variable that GoMLX's optimizers read.
func learningRate(store *gomlx.Store, lr *graph.Node) {
	optimizer.LearningRateVar(store.RootScope(), lr.DType(), 0).SetNodeValue(lr)
}

// regularised is the gradient with that of ½λ‖Z‖² where decay belongs to it.
func (b *baseline) regularised(gradients, weights []model.Delta) []model.Delta {
	if b.opts.WeightDecay == 0 || b.opts.Kind == AdamW || b.opts.Kind == Muon {
		return gradients
	}
	for i := range gradients {
		gradients[i] = each2(gradients[i], weights[i], func(gradient, z *graph.Node) *graph.Node {
			return graph.Add(gradient, graph.MulScalar(z, b.opts.WeightDecay))
		})
	}
	return gradients
}

// guard keeps the weights and the optimizer's state before the step where a number of the change is not finite, and returns whether it was finite and the
// change's norm. A parameter of the graph carries a variable's name and its value before the step.
func (b *baseline) guard(g *graph.Graph, before []*graph.Node) (finite, norm *graph.Node) {
	after := weights(b.vars, g)
	squares := graph.ScalarZero(g, b.vars.Config.DType)
	for i := range after {
		squares = graph.Add(squares, graph.ReduceAllSum(graph.Square(graph.Sub(after[i], before[i]))))
	}
	norm = graph.Sqrt(squares)
	ok := graph.IsFinite(norm)
	for v := range b.vars.Store.IterVariables() {
		if v.ChangedInGraph(g) {
			v.SetNodeValue(graph.Where(ok, v.NodeValue(g), g.GetParameterByName(v.Path())))
		}
	}
	return graph.ConvertDType(ok, b.vars.Config.DType), norm
}

// weights are the current nodes of the trained tensors: before the update those before the step, afterwards those after it.
func weights(vars *model.Variables, g *graph.Graph) []*graph.Node {
	var nodes []*graph.Node
	for _, named := range vars.Trained() {
		nodes = append(nodes, named.Variable.NodeValue(g))
	}
	return nodes
}
