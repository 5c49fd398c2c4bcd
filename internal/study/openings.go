// SPDX-License-Identifier: Apache-2.0

package study

import "revgn/internal/claims"

func narrowSubject() subject {
	arms := []string{"split-narrow", "adam", "sgd"}
	return subject{"narrow", "Without the inverted bottleneck", "the curves without the inverted bottleneck (claim 8)",
		"The orders of the wide network. Here a step is a projection, and no certificate says EXACT.", []plot{
			{"narrow-full-batch-loss", "training loss, full batch, narrow", claims.NarrowFullBatch, arms, bySteps, "loss", true},
			{"narrow-mini-batch-train-loss", "training loss, mini-batches, narrow", claims.NarrowMiniBatch, arms, byEpochs, "train-loss", true},
			{"narrow-mini-batch-test-loss", "test loss, mini-batches, narrow", claims.NarrowMiniBatch, arms, byEpochs, "test-loss", true}}}
}

func switchSubject() subject {
	exact := []string{"split-preset", "adam-preset", "adam-then-split", "split-then-adam"}
	released := []string{"released", "adam-preset", "adam-then-released", "released-then-adam"}
	longer := []string{"split-longer", "adam-longer", "split-preset-longer", "adam-preset-longer"}
	return subject{"switch", "Longer training and switches", "longer training and switches of the optimizer (claims 2-longer and 7)",
		"With four times the epochs: flat Gauss-Newton, with Adam going on below it. With a switch: half way a run goes on with the other optimizer: flat after Adam gave way to Gauss-Newton, falling again after the reverse. The plain runs beside them are as long.", []plot{
			{"longer-train-loss", "training loss, four times the epochs", claims.MiniBatch, longer, byEpochs, "train-loss", true},
			{"longer-test-loss", "test loss, four times the epochs", claims.MiniBatch, longer, byEpochs, "test-loss", true},
			{"switch-train-loss", "training loss, exact steps, switched half way", claims.MiniBatch, exact, byEpochs, "train-loss", true},
			{"switch-test-loss", "test loss, exact steps, switched half way", claims.MiniBatch, exact, byEpochs, "test-loss", true},
			{"switch-train-loss-released", "training loss, released steps, switched half way", claims.MiniBatch, released, byEpochs, "train-loss", true}}}
}

func scaleSubject() subject {
	exact := []string{"split", "split-init1e-2", "split-init1e-6", "adam"}
	truncated := []string{"truncated", "truncated-init1e-2", "truncated-init1e-6", "adam"}
	return subject{"scales", "Initial scales and step sizes", "other initial scales and learning rates (claim 6)",
		"No scale of the initial weights and no rate that brings Gauss-Newton down to Adam. The losses over rates are those by which rates were chosen.", []plot{
			{"scales-train-loss", "training loss, exact steps, by initial scale", claims.MiniBatch, exact, byEpochs, "train-loss", true},
			{"scales-train-loss-truncated", "training loss, truncated steps, by initial scale", claims.MiniBatch, truncated, byEpochs, "train-loss", true},
			{"rates-mini-batch", "final training loss over the learning rate, mini-batches", claims.MiniBatch,
				[]string{"split", "adam", "sgd", "truncated", "split-init1e-2", "split-init1e-6"}, overRates, "", true},
			{"rates-full-batch", "final training loss over the learning rate, full batch", claims.FullBatch, tuned(), overRates, "", true}}}
}

func regularisedSubject() subject {
	arms := []string{"split", "truncated", "cut1e-3", "cut1e-1", "tikhonov", "noise", "adam"}
	return subject{"regularised", "Regularised inverses", "truncation, damping and noise on the inverse (claim 6)",
		"Whether any inverse that is regularised closes the gap to Adam.", []plot{
			{"regularised-train-loss", "training loss, regularised inverses", claims.MiniBatch, arms, byEpochs, "train-loss", true},
			{"regularised-test-loss", "test loss, regularised inverses", claims.MiniBatch, arms, byEpochs, "test-loss", true},
			{"memory-train-loss", "training loss, with and without memory", claims.MiniBatch, []string{"split", "split-spring", "adam"}, byEpochs, "train-loss", true}}}
}

// opened are figures of questions that the paper leaves open.
func opened() []subject {
	mini, full := claims.MiniBatch, claims.FullBatch
	inverses := []string{"split", "min-norm", "min-norm-whole", "last", "adam"}
	onFull := []string{"split", "min-norm", "adam"}
	truncation := []string{"split", "truncated", "released"}
	lengths := []string{"split", "split-preset", "truncated", "released", "min-norm"}
	curvatures := []string{"split", "exact-curvature", "damped-curvature", "adam"}
	return []subject{
		{"logits", "Gradient descent in the logits", "", "With the identity as curvature an exact step is a step of gradient descent in the logits of its batch. On the full batch that fixes the curve before anything is trained, whatever network, data and inverse; on mini-batches samples help each other, and the curve lies lower (question 13).", []plot{
			{"logits-full-batch", "training loss over rate times steps, full batch", full, lengths, byLength, "train-loss", true},
			{"logits-mini-batch", "training loss over rate times epochs, mini-batches", mini, append(lengths, "last", "split-longer", "split-preset-longer"), byLength, "train-loss", true}}},
		{"inverses", "The family of right inverses", "", "Every right inverse makes the same change of the logits and another of the weights: does it matter which? (questions 9 and 14)", []plot{
			{"inverses-full-batch-loss", "training loss, full batch, split and minimum norm", full, onFull, bySteps, "loss", true},
			{"inverses-full-batch-test-accuracy", "test accuracy, full batch, split and minimum norm", full, append(onFull, "truncated"), bySteps, "test-accuracy", false},
			{"inverses-train-loss", "training loss, mini-batches, split, minimum norm and last block", mini, inverses, byEpochs, "train-loss", true},
			{"inverses-test-loss", "test loss, mini-batches, split, minimum norm and last block", mini, inverses, byEpochs, "test-loss", true},
			{"inverses-test-accuracy", "test accuracy, mini-batches, split, minimum norm and last block", mini, inverses, byEpochs, "test-accuracy", false}}},
		{"truncation", "Exact against truncated", "", "How much of the prescribed change the released truncation leaves undone, and whether exact steps end anywhere else.", []plot{
			{"truncation-train-loss", "training loss, exact and truncated steps", mini, truncation, byEpochs, "train-loss", true},
			{"truncation-certificate", "certificate, exact and truncated steps", mini, truncation, bySteps, "certificate", true},
			{"truncation-gain", "part of the prescribed change that was made", mini, truncation, bySteps, "gain", false}}},
		{"curvature", "Curvature", "", "The identity in place of the curvature of the loss, the true one, and the damped one (question 10).", []plot{
			{"curvature-train-loss", "training loss, by curvature", mini, curvatures, byEpochs, "train-loss", true},
			{"curvature-test-loss", "test loss, by curvature", mini, curvatures, byEpochs, "test-loss", true}}},
		{"load", "B/(h+1) and the size of the training set", "", "Whether the gap to Adam grows with the share of its freedom that a step uses up, or with the number of samples (question 11). Above 0 Adam ends lower.", []plot{
			{"load-gap", "gap in log training loss at the end over B/(h+1)", mini, nil, overLoads, "train-loss", false},
			{"size-gap", "gap in log training loss at the end over the share of the samples", mini, nil, overShares, "train-loss", false}}},
		{"linearised", "The linearised network", "", "Training is lazy as far as the network and its linearisation at the start, trained by the same steps, have the same losses (question 12).", []plot{
			{"linearised-train-loss", "training loss, network and linearisation", mini, []string{"split", "linearised", "adam"}, byEpochs, "train-loss", true},
			{"linearised-test-loss", "test loss, network and linearisation", mini, []string{"split", "linearised", "adam"}, byEpochs, "test-loss", true}}},
	}
}

// subjects are all figures in their order.
func subjects() []subject { return append(published(), opened()...) }
