// SPDX-License-Identifier: Apache-2.0

package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/devices"
	"revgn/model"
)

// device holds the compiled graphs of a run. Each is compiled once, for one batch shape.
type device struct {
	step    Stepping
	after   *devices.Exec // x, y, lr, logits, change → loss after, linearisation error
	heldout *devices.Exec // x, y → loss, and but for a linearised network the reconstruction error
	eval    *devices.Exec // x, y, weight → Σ weighted loss, Σ weighted hits
}

func newDevice(s *session) (*device, error) {
	loss := model.Loss(s.opts.Loss)
	var d device
	var err error
	if d.step, err = s.stepping(); err != nil {
		return nil, err
	}
	if d.after, err = s.devices.NewExec(s.backend.Backend, s.vars.Store, afterGraph(s.vars, model.Objective{Loss: loss, Smoothing: s.opts.LabelSmoothing})); err != nil {
		return nil, err
	}
	if d.heldout, err = s.devices.NewExec(s.backend.Backend, s.vars.Store, heldoutGraph(s.vars, loss)); err != nil {
		return nil, err
	}
	d.eval, err = s.devices.NewExec(s.backend.Backend, s.vars.Store, evalGraph(s.vars, loss))
	return &d, err
}

// replaceStep puts the session's stepper in the place of the one before; compile comes next.
func (d *device) replaceStep(s *session) (err error) {
	d.step.Finalize()
	d.step, err = s.stepping()
	return err
}

// StepGraph is the graph of a step as a run compiles it, of x (B, D), labels (B) Int32 and lr: the packed report (Float64), and what stays on the device, the
// logits before the step (B, K) and of a certified step their predicted change (B, K). Weights go from variables to variables.
func StepGraph(stepper gnstep.Stepper) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		o := stepper.Build(in[0], in[1], in[2])
		outputs := []*graph.Node{o.Pack(), o.Logits}
		if o.Certificate != nil {
			outputs = append(outputs, o.Certificate.Change)
		}
		return outputs
	}
}

// afterGraph measures the batch again after the step: its loss, and the linearisation error ‖f(θ-αΔ) - f(θ) + αJΔ‖/‖αJΔ‖ where the step predicts a change
// (docs/mathematics.md, section 7).
func afterGraph(vars *model.Variables, loss model.Objective) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, y, lr, before := in[0], in[1], in[2], in[3]
		logits := vars.Network(x.Graph()).At(x).Logits
		numbers := []*graph.Node{loss.Mean(logits, y)}
		if len(in) > 4 {
			predicted := graph.Mul(lr, in[4])
			moved := graph.Sub(logits, before)
			numbers = append(numbers, graph.Div(frobenius(graph.Add(moved, predicted)), frobenius(predicted)))
		}
		return []*graph.Node{vector(numbers)}
	}
}

// heldoutGraph measures samples that no step sees: their loss, and how well the network is inverted there, ‖x_rec - x‖/‖x‖. A linearised network has no
// inverse.
func heldoutGraph(vars *model.Variables, loss model.Loss) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, y := in[0], in[1]
		net := vars.Network(x.Graph())
		trace := net.At(x)
		numbers := []*graph.Node{loss.Mean(trace.Logits, y)}
		if !vars.Config.Linearised {
			numbers = append(numbers, graph.Div(frobenius(graph.Sub(net.Inverse(trace.Out), x)), frobenius(x)))
		}
		return []*graph.Node{vector(numbers)}
	}
}

// evalGraph sums over a batch in Float64; weight is 0 for padding.
func evalGraph(vars *model.Variables, loss model.Loss) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, y, weight := in[0], in[1], in[2]
		logits := vars.Network(x.Graph()).At(x).Logits
		weighted := func(perSample *graph.Node) *graph.Node {
			// A padded row repeats a sample, so its number is as finite as that sample's.
			return graph.ReduceAllSum(graph.Mul(graph.ConvertDType(perSample, dtypes.Float64), weight))
		}
		return []*graph.Node{vector([]*graph.Node{weighted(loss.PerSample(logits, y)), weighted(model.Hits(logits, y))})}
	}
}

func frobenius(a *graph.Node) *graph.Node { return graph.Sqrt(graph.ReduceAllSum(graph.Square(a))) }

// vector stacks scalars as Float64.
func vector(scalars []*graph.Node) *graph.Node {
	parts := make([]*graph.Node, len(scalars))
	for i, s := range scalars {
		parts[i] = graph.Reshape(graph.ConvertDType(s, dtypes.Float64), 1)
	}
	return graph.Concatenate(parts, 0)
}

// numbers calls exec and returns its first output, a Float64 vector, and the outputs that stay on the device, which are the caller's to free.
func numbers(exec *devices.Exec, args ...*tensors.Tensor) ([]float64, []*tensors.Tensor, error) {
	out, err := exec.Call(args...)
	if err != nil {
		return nil, nil, err
	}
	values, err := tensors.CopyFlatData[float64](out[0])
	if err != nil {
		return nil, nil, err
	}
	return values, out[1:], devices.Free(out[0])
}
