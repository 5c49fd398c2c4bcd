// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/devices"
	"revgn/model"
)

// Stepping makes the steps of a stepper on batches of one size: in one graph, or block by block.
type Stepping interface {
	// Compile builds what a step needs, so that the first is timed as the others are.
	Compile() error
	// Graphs are those that were compiled.
	Graphs() []*graph.Graph
	// Make makes a step on x (B, D) and labels (B) Int32.
	Make(x, labels *tensors.Tensor, lr float64) (gnstep.Made, error)
	// Finalize frees the graphs.
	Finalize()
}

// NewStepping prepares the steps of a stepper on batches of that size. Where staged is true they are made block by block, which only some can
// (gnstep.Step.NotStaged); those are for where memory is short, so that none is kept for the next step, which would take a quarter more.
func NewStepping(b *backend.Backend, on *devices.Group, vars *model.Variables, stepper gnstep.Stepper, batch int, staged bool) (Stepping, error) {
	b.KeepMemory(!staged)
	if step, ok := stepper.(*gnstep.Step); ok && staged {
		return gnstep.NewStaged(b.Backend, step, batch)
	}
	exec, err := on.NewExec(b.Backend, vars.Store, StepGraph(stepper))
	if err != nil {
		return nil, err
	}
	return &whole{exec: exec, stepper: stepper, config: vars.Config, batch: batch}, nil
}

// whole makes a step in one graph.
type whole struct {
	exec    *devices.Exec
	stepper gnstep.Stepper
	config  model.Config
	batch   int
	graphs  []*graph.Graph
}

func (w *whole) Compile() error {
	dtype := w.config.DType
	g, err := w.exec.Compile(shapes.Make(dtype, w.batch, w.config.Width), shapes.Make(dtypes.Int32, w.batch), shapes.Make(dtype))
	if err == nil {
		w.graphs = []*graph.Graph{g}
	}
	return err
}

func (w *whole) Graphs() []*graph.Graph { return w.graphs }

func (w *whole) Make(x, labels *tensors.Tensor, lr float64) (gnstep.Made, error) {
	rate := scalar(w.config.DType, lr)
	packed, kept, err := numbers(w.exec, x, labels, rate)
	if err != nil {
		return gnstep.Made{}, err
	}
	made := gnstep.Made{Logits: kept[0]}
	if len(kept) > 1 {
		made.Change = kept[1]
	}
	made.Report, err = gnstep.Unpack(packed, w.stepper.Layout())
	return made, cmp.Or(err, devices.Free(rate))
}

func (w *whole) Finalize() { w.exec.Finalize() }
