// SPDX-License-Identifier: Apache-2.0

package features

import "revgn/analysis"

// Definitions say what each number is. Those at the start have the same definitions, at the weights of step 0.
func Definitions() []analysis.Definition {
	return []analysis.Definition{
		{Name: "effective_rank", Text: "exp(-Σ p log p), p = λ/Σλ over the eigenvalues λ of K = XXᵀ (uncentred) or HKH (centred), X a site on the N probes, H = I - 11ᵀ/N; " +
			"1 to min(N, columns). X is σ(xC) for features, without the column of ones. Exact."},
		{Name: "stable_rank", Text: "Σλ/max λ of the same eigenvalues, 1 to the rank. Exact."},
		{Name: "participation", Text: "(Σλ)²/Σλ² of the same eigenvalues, 1 to the rank. Exact."},
		{Name: "largest_eigenvalue", Text: "max λ of the same eigenvalues. Exact."},
		{Name: "biased", Text: "<HKH, HYYᵀH>/(‖HKH‖‖HYYᵀH‖), 0 to 1, Y the labels as unit rows: biased linear CKA of a site and the labels. Well above 0 for labels " +
			"that have nothing to do with the site where it has many directions (chance)."},
		{Name: "biased_error", Text: "Standard error of biased over draws of samples, jackknife over 20 groups."},
		{Name: "chance", Text: "Mean of biased over all orders of the labels, tr(HKH) tr(HYYᵀH)/((N-1)‖HKH‖‖HYYᵀH‖). Exact."},
		{Name: "debiased", Text: "HSIC₁(K, YYᵀ)/√(HSIC₁(K, K) HSIC₁(YYᵀ, YYᵀ)), debiased linear CKA of a site and the labels, 0 in expectation for labels that have nothing to do with it."},
		{Name: "debiased_error", Text: "Standard error of debiased over draws of samples, jackknife over 20 groups."},
		{Name: "ridge", Text: "Penalty λ of the classifier over the mean of diag HKH on the n fitted samples; of those from 1e-8 to 1e2, two a decade, the one with the least leave_one_out."},
		{Name: "leave_one_out", Text: "Mean over the n fitted samples of ½‖prediction - unit row‖², each predicted by the classifier fitted on the others: r_i/(1 - h_ii), exact."},
		{Name: "at_grid_edge", Text: "Whether the penalty is the smallest or the largest of those tried."},
		{Name: "loss", Text: "Mean over the N probes of ½‖prediction - unit row‖², by the ridge classifier (least squares on unit rows with an intercept) fitted on n other samples."},
		{Name: "accuracy", Text: "Share of the N probes whose largest prediction is their label's, by the ridge classifier, or under network by the network's own logits."},
		{Name: "accuracy_error", Text: "Standard error of accuracy over draws of probes, √(p(1-p)/(N-1)). What another draw of fitted samples would change is not in it."},
		{Name: "accuracy_start", Text: "accuracy by the network's own logits at step 0."},
		{Name: "accuracy_gain", Text: "Mean over the N probes of hit now less hit at step 0, -1 to 1, by the network's own logits, with its standard error: paired, sample by sample."},
		{Name: "probe_gain", Text: "The same by the two ridge classifiers fitted on the site now and at step 0. What another draw of fitted samples would change is not in its error."},
		{Name: "on", Text: "Share of pairs of probe and unit with xC > 0. C is frozen: it is x that moves. Exact."},
		{Name: "always_off", Text: "Share of units with xC <= 0 on every probe: dead ones where σ is ReLU. Exact."},
		{Name: "always_on", Text: "Share of units with xC > 0 on every probe: linear ones where σ is ReLU. Exact."},
		{Name: "flipped", Text: "Share of pairs of probe and unit whose side, xC > 0 or not, is not that at step 0. Exact; absent for identity couplings, 0 for block 0's F, whose x no weight moves."},
		{Name: "flipped_units", Text: "Share of units with such a pair. Exact."},
		{Name: "all", Text: "‖x_rec - x‖/‖x‖ over all probes, x_rec the input recovered from the output of the network or of a single block, in the network's dtype."},
		{Name: "worst", Text: "The largest ‖x_rec - x‖/‖x‖ of a single probe."},
	}
}
