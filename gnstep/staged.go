// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/model"
)

// Staged is the split step as a sequence of graphs, which all blocks of a kind share. It keeps the activations of one block at a time: going down, each
// block's input is rebuilt from its output, as a reversible network can. So what it needs beside the weights and their change does not grow with the number
// of blocks, nor do the graphs that are compiled; it makes about half as many operations again as a Step.
//
// Streams, targets and tangents go down and up between the graphs:
//
//	up      y_l = block_l(y_{l-1})                                             the stream, to the logits and to v
//	down    y_{l-1} from y_l, t_{l-1} from t_l, t_{L-1} = v                    to the first block that changes
//	up      y_l, t_l, the tangent s_l and ΔZ of block l from y_{l-1}, t_{l-1}, s_{l-1}   to the certificate
//
// The second way up begins at the batch itself, so that features, ΔZ and the certificate are those of the network and not of what was rebuilt, and the top
// block is asked for v itself: what rebuilding loses can only shift which block does how much.
type Staged struct {
	step    *Step
	backend compute.Backend
	batch   int
	execs   map[stage]*graph.Exec
	graphs  []*graph.Graph

	// Progress, where set, is called before each graph with what it does.
	Progress func(what string)
}

// NewStaged makes a step of the options on batches of that size a staged one. What a step remembers, a search for its length and other right inverses than
// the split need all blocks at once, and an anchored network is none that can be undone: these are errors.
func NewStaged(backend compute.Backend, step *Step, batch int) (*Staged, error) {
	if reason := step.NotStaged(); reason != "" {
		return nil, fmt.Errorf("recomputing activations: %s (keep them)", reason)
	}
	return &Staged{step: step, backend: backend, batch: batch, execs: map[stage]*graph.Exec{}}, nil
}

// NotStaged says why a step cannot be staged, "" if it can.
func (s *Step) NotStaged() string {
	o := s.opts
	switch {
	case o.Inverse != Split:
		return fmt.Sprintf("inverse %s needs all blocks at once", o.Inverse)
	case o.Memory != NoMemory:
		return fmt.Sprintf("memory %s is not made block by block", o.Memory)
	case o.LineSearch != NoLineSearch:
		return fmt.Sprintf("line search %s is not made block by block", o.LineSearch)
	case o.Damping.Schedule != FixedDamping:
		return fmt.Sprintf("damping schedule %s is not made block by block", o.Damping.Schedule)
	case o.Noise > 0:
		return "noise is not drawn block by block"
	case s.vars.Config.Anchored():
		return "a linearised or scaled network cannot be rebuilt from its output"
	}
	return ""
}

// Made is a step that was made: its report, and what stays on the device, the logits before the step and of a certified step their predicted change, (B, K)
// each and the caller's to free.
type Made struct {
	Report         Report
	Logits, Change *tensors.Tensor
	Reconstruction float64 // of a staged step ‖x̃ - x‖/‖x‖ of the lowest stream that was rebuilt; 0 where none was
}

// Make makes one step on x (B, D) and labels (B) Int32 with the rate lr, all or nothing: weights change where the step is finite and no solve broke down.
func (s *Staged) Make(x, labels *tensors.Tensor, lr float64) (Made, error) {
	return s.run(x, labels, lr, false)
}

func (s *Staged) run(x, labels *tensors.Tensor, lr float64, dry bool) (Made, error) {
	r := &stagedRun{Staged: s, dry: dry, x: x, labels: labels, deltas: make([][]*tensors.Tensor, s.step.vars.Config.Blocks)}
	for !s.step.solves(r.bottom) {
		r.bottom++
	}
	made, err := r.make(lr)
	return made, errors.Join(err, r.release())
}

// Compile builds the graphs that a step needs, for x of the shape (B, D).
func (s *Staged) Compile() error {
	c := s.step.vars.Config
	x, labels := tensors.FromShape(shapes.Make(c.DType, s.batch, c.Width)), tensors.FromShape(shapes.Make(dtypes.Int32, s.batch))
	_, err := s.run(x, labels, 0, true)
	return err
}

// Graphs are those that were compiled so far.
func (s *Staged) Graphs() []*graph.Graph { return s.graphs }

// Finalize frees the compiled graphs.
func (s *Staged) Finalize() {
	for _, exec := range s.execs {
		exec.Finalize()
	}
}

// exec is the compiled form of a stage.
func (s *Staged) exec(of stage) (*graph.Exec, error) {
	if known := s.execs[of]; known != nil {
		return known, nil
	}
	made, err := graph.NewExec(s.backend, s.graph(of))
	if err != nil {
		return nil, err
	}
	s.execs[of] = made.WithName("gnstep." + string(of.what))
	return made, nil
}

// tell says what comes next.
func (s *Staged) tell(of stage, l int) {
	if s.Progress != nil {
		s.Progress(of.describe(l))
	}
}

func (s *Staged) activation(l int) model.Activation { return s.step.vars.Config.ActivationOf(2 * l) }

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
