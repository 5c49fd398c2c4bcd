// SPDX-License-Identifier: Apache-2.0

package batches

import "revgn/analysis"

// Definitions say what the fields of Result are, by their names in JSON.
func Definitions() []analysis.Definition {
	return []analysis.Definition{
		{Name: "own.first_order", Text: "first-order change of the mean loss on a step's own batch, -mean<ε, Jd>: the slope along the step d, lr included; mean over steps, jackknife error over batches (as for all means below)"},
		{Name: "own.predicted", Text: "change that the quadratic model predicts there, -mean<ε, Jd> + ½ mean (Jd)ᵀH(Jd), with the loss's own curvature H"},
		{Name: "own.actual", Text: "change of the mean loss on a step's own batch, L(θ - d) - L(θ); negative is a gain"},
		{Name: "own.actual_over_predicted", Text: "Σ actual / Σ predicted over steps; 1 where the network is linear along its steps"},
		{Name: "heldout.*", Text: "the same on the probe set, which no step sees"},
		{Name: "heldout_samples_se", Text: "standard error of heldout.actual from the choice of held-out samples, √(variance over samples / N) of one step's change, mean over steps; " +
			"it does not shrink with more batches"},
		{Name: "before", Text: "change of the loss on the batch of the step that led to the checkpoint: positive is forgetting"},
		{Name: "after", Text: "change of the loss on the batch that follows the step's own in the run's order"},
		{Name: "a", Text: "A[i,j], change of the loss on batch j by the step on batch i, all from the same weights; batch 0 is the one that would come next"},
		{Name: "off_diagonal", Text: "mean of A[i,j] over i ≠ j: what a step does to other training batches; jackknife error, a batch's row and column left out together"},
		{Name: "transfer_ratio", Text: "off_diagonal / mean of A[i,i]: share of a step's gain that other training batches have too; 1 where all batches are alike"},
		{Name: "overfit_ratio", Text: "Σ heldout gain / Σ own gain over steps (gain = -actual): 1 where a step helps unseen samples as much as its batch, 0 where not at all, negative where it " +
			"harms them; depends on the length of the step"},
		{Name: "slope_ratio", Text: "the same in the limit of steps of length 0, Σ heldout.first_order / Σ own.first_order: depends on the direction of a step alone, so optimizers with " +
			"steps of different lengths compare by it"},
		{Name: "curve", Text: "at multiples s of each step: own and heldout change, the quadratic model's prediction, and the linearisation error ‖f(θ-sd) - f(θ) + sJd‖/‖sJd‖ on the own batch and " +
			"on the probe set, mean over the steps that were made; falls in proportion to s where the network is smooth"},
		{Name: "step_norm", Text: "‖d‖ over all trained weights, lr included"},
		{Name: "cert", Text: "certificate of a Gauss-Newton step, ‖JΔZ - v‖/‖v‖; exact counts the steps within the dtype's tolerance"},
		{Name: "state", Text: "what the optimizer keeps between steps: saved is the checkpoint's, of the run's own optimizer; fresh is as before a first step"},
	}
}
