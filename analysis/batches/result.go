// SPDX-License-Identifier: Apache-2.0

package batches

import "revgn/internal/number"

// Result is what a method does at one set of weights; the numbers are defined in Definitions. Means are over the steps on M batches.
type Result struct {
	Name  string  `json:"name"`
	State string  `json:"state,omitempty"`
	LR    float64 `json:"lr"`
	Steps int     `json:"steps"`           // M
	Made  int     `json:"made"`            // of them: the others were not finite, or the loss refused them, and count as no change
	Exact *int    `json:"exact,omitempty"` // steps that are EXACT; absent for a method without a certificate

	Cert     *Estimate `json:"cert,omitempty"`
	StepNorm Estimate  `json:"step_norm"`

	Own           Change        `json:"own"`
	Heldout       Change        `json:"heldout"`
	HeldoutSE     number.Number `json:"heldout_samples_se"`
	Before        *Estimate     `json:"before,omitempty"`
	After         *Estimate     `json:"after,omitempty"`
	OverfitRatio  Estimate      `json:"overfit_ratio"`
	SlopeRatio    Estimate      `json:"slope_ratio"`
	OffDiagonal   Estimate      `json:"off_diagonal"`
	TransferRatio Estimate      `json:"transfer_ratio"`

	Curve []Point           `json:"curve"`
	A     [][]number.Number `json:"a"`
	Each  []Step            `json:"each"`
	// Lengths are what Curve is the mean of: each step at each multiple, (M, len(Curve)).
	Lengths [][]Length `json:"-"`

	Warnings []string `json:"warnings,omitempty"`
}

// Change is what happens to the mean loss over samples.
type Change struct {
	Loss       number.Number `json:"loss"` // before a step
	FirstOrder Estimate      `json:"first_order"`
	Predicted  Estimate      `json:"predicted"`
	Actual     Estimate      `json:"actual"`
	Ratio      Estimate      `json:"actual_over_predicted"`
}

// Point is a multiple of a step.
type Point struct {
	Multiple      float64  `json:"multiple"`
	Predicted     Estimate `json:"predicted"`
	Own           Estimate `json:"own"`
	Heldout       Estimate `json:"heldout"`
	Linearisation Estimate `json:"linearisation"`         // on the own batch
	Unseen        Estimate `json:"linearisation_heldout"` // on the held-out samples
}

// Step is a single step, on batch i. The one on batch 0 is the step that would come next.
type Step struct {
	Made      bool            `json:"made"`
	Exact     bool            `json:"exact"`
	Cert      number.Optional `json:"cert,omitzero"`
	StepNorm  number.Number   `json:"step_norm"`
	Loss      number.Number   `json:"loss"` // on its own batch, before it
	Predicted number.Number   `json:"predicted"`
	Own       number.Number   `json:"own"`
	Heldout   number.Number   `json:"heldout"`
	Before    number.Optional `json:"before,omitzero"`
	After     number.Optional `json:"after,omitzero"` // on batch i+1
}

// Length is a single step at a multiple.
type Length struct {
	Predicted, Own, Heldout, Linearisation, Unseen float64 // as in Point
}
