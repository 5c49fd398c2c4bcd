// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Stepper is one way to change the weights on a batch. The exact step of this package is one; baselines are others.
type Stepper interface {
	// Build adds one step to the graph of x: it reads the weights from the variables that the stepper was made for, sets their values after the step and
	// returns what it measured. x is (B, D) in the network's dtype, labels (B) Int32, lr a scalar in the network's dtype. It panics on shapes that do not fit.
	Build(x, labels, lr *graph.Node) Outcome
	// Layout says what its reports hold.
	Layout() Layout
}

// StateScope is the part of the store that holds what a stepper keeps between steps. Checkpoints save it.
const StateScope = "/optimizers/"

// Outcome is what a step measured, as nodes of its graph. All but Logits and Change are scalars.
type Outcome struct {
	Loss, Accuracy *graph.Node  // on the batch, before the step
	StepNorm       *graph.Node  // Frobenius norm of the change made to all weights together, lr included
	Finite         *graph.Node  // 1 if the change was made, 0 if it was not finite (or its certificate absurd) and the weights were left as they were
	Logits         *graph.Node  // (B, K), before the step
	Certificate    *Certificate // nil for a step that claims nothing
	Trust          *Trust       // nil for a step that is made whatever the loss does
}

// Trust is what a step that watches the loss found, scalars.
type Trust struct {
	Accepted *graph.Node // 1 if the change was made, 0 if the loss refused it and the weights were left as they were
	Ratio    *graph.Node // actual over predicted change of the batch's loss, 0 where none was predicted
	Damping  *graph.Node // λ of this step
	Rate     *graph.Node // the step length that was tried; of a line search the one that it took, 0 for none
}

// Certificate tells how far a step does what Gauss-Newton prescribes (docs/mathematics.md, section 7).
type Certificate struct {
	Stream, OnLogits *graph.Node // ‖JΔZ - v‖/‖v‖ on the stream, and the same on the logits; where a step asks for the logits alone, both are the latter
	Gain             *graph.Node // <JΔZ, v>/‖v‖², 1 when exact
	Change           *graph.Node // (B, K): JΔZ on the logits
	Clips            *graph.Node // entries of u that were cut, see Curvature
	Iterations       *graph.Node // of the solver for the whole kernel; 0 where couplings are solved one by one
	Couplings        []CouplingReport
}

// CouplingReport describes the solve of one coupling. Rank, SigmaMax and SigmaMin are those of Φ; see Report for how they are found.
type CouplingReport struct {
	Name                               string
	Rank, SigmaMax, SigmaMin, Residual *graph.Node
	Refinements                        *graph.Node
}
