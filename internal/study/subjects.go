// SPDX-License-Identifier: Apache-2.0

package study

import "revgn/internal/claims"

// subject is figures that answer one question.
type subject struct {
	id, title string
	paper     string // which of the paper's figures it answers; "" for a new one
	look      string // what to look for
	plots     []plot
}

// plot is one figure for each task.
type plot struct {
	id       string // of its files, after the task's name
	title    string
	setting  string
	arms     []string
	kind     kind
	quantity string // of internal/report
	log      bool   // the vertical axis is logarithmic
}

// kind is what a figure shows.
type kind int

const (
	bySteps    kind = iota // a quantity by step
	byEpochs               // a quantity by epoch
	byLength               // a loss by rate times epochs, beside gradient descent in the logits
	overBlocks             // analysis/cka.json, block by block
	overRates              // the losses by which rates were chosen
	overLoads              // the gap between Gauss-Newton and Adam at the end over B/(h+1)
	overShares             // the same over the share of the training samples
)

// the arms that are compared most.
func tuned() []string { return []string{"split", "truncated", "adam", "sgd"} }
func presets() []string {
	return []string{"released", "split-preset", "adam-preset", "sgd-preset"}
}

// published are the paper's figures, one for one.
func published() []subject {
	mini, full := claims.MiniBatch, claims.FullBatch
	return []subject{
		{"full-batch", "Full batch", "the curves of training on the full batch (claim 1)",
			"Gauss-Newton far below Adam and SGD after as many steps, and the same loss in a fraction of the steps.", []plot{
				{"full-batch-loss", "training loss, full batch, tuned rates", full, tuned(), bySteps, "loss", true},
				{"full-batch-loss-preset", "training loss, full batch, rates of the preset", full, presets(), bySteps, "loss", true},
				{"full-batch-test-accuracy", "test accuracy, full batch, tuned rates", full, tuned(), bySteps, "test-accuracy", false},
				{"full-batch-test-accuracy-preset", "test accuracy, full batch, rates of the preset", full, presets(), bySteps, "test-accuracy", false}}},
		{"mini-batch", "Mini-batches", "the curves of training on mini-batches (claim 2)",
			"Gauss-Newton ahead after the first epoch, then flat on the training loss too, with Adam going on below it.", []plot{
				{"mini-batch-train-loss", "training loss, mini-batches, tuned rates", mini, tuned(), byEpochs, "train-loss", true},
				{"mini-batch-test-loss", "test loss, mini-batches, tuned rates", mini, tuned(), byEpochs, "test-loss", true},
				{"mini-batch-train-accuracy", "training accuracy, mini-batches, tuned rates", mini, tuned(), byEpochs, "train-accuracy", false},
				{"mini-batch-test-accuracy", "test accuracy, mini-batches, tuned rates", mini, tuned(), byEpochs, "test-accuracy", false},
				{"mini-batch-train-loss-preset", "training loss, mini-batches, rates of the preset", mini, presets(), byEpochs, "train-loss", true},
				{"mini-batch-test-loss-preset", "test loss, mini-batches, rates of the preset", mini, presets(), byEpochs, "test-loss", true}}},
		{"batch-change", "What a step does to its batch", "the change of the loss on each mini-batch (claim 3)",
			"On its own batch a Gauss-Newton step lowers the loss most, after saturation too; on held-out samples hardly any of that is left.", []plot{
				{"batch-change-own", "change of the loss on the step's own batch", mini, tuned(), bySteps, "loss-change", false},
				{"batch-change-heldout", "change of the loss on held-out samples", mini, tuned(), bySteps, "heldout-change", false},
				{"batch-change-own-preset", "change of the loss on the step's own batch, rates of the preset", mini, presets(), bySteps, "loss-change", false},
				{"batch-change-heldout-preset", "change of the loss on held-out samples, rates of the preset", mini, presets(), bySteps, "heldout-change", false}}},
		{"ntk", "Tangent kernel", "the change of the tangent kernel and its similarity to the start (claim 4)",
			"A kernel that hardly turns and hardly changes under Gauss-Newton, where Adam's does. The figure in the paper is one random probe; here it is the whole kernel of fixed samples.", []plot{
				{"ntk-change", "change of the tangent kernel", mini, tuned(), byEpochs, "ntk-change", false},
				{"ntk-alignment", "similarity of the tangent kernel to the start", mini, tuned(), byEpochs, "ntk-alignment", false}}},
		{"cka", "Representations", "CKA with the start, block by block (claim 5)",
			"CKA near 1 for Gauss-Newton and SGD and lower for Adam. Compare it with the dashed floor, the start of another seed: where that is as high, CKA shows little.", []plot{
				{"cka-blocks", "CKA of each block with the start, at the end", mini, tuned(), overBlocks, "", false},
				{"cka-training", "CKA of the last stream with the start, over training", mini, tuned(), byEpochs, "cka", false},
				{"cka-blocks-preset", "CKA of each block with the start, at the end, rates of the preset", mini, presets(), overBlocks, "", false}}},
		narrowSubject(), switchSubject(), scaleSubject(),
		{"weights", "Weights", "the similarity of the weights to the start",
			"How far weights go from their start, and in how far they turn.", []plot{
				{"weights-displacement", "displacement of the weights from the start", mini, tuned(), byEpochs, "displacement", true},
				{"weights-cosine", "cosine of the weights with the start", mini, tuned(), byEpochs, "cosine", false}}},
		regularisedSubject(),
	}
}
