// SPDX-License-Identifier: Apache-2.0

package ntk

import "revgn/analysis"

// Row is what is said of the kernel of one checkpoint. Definitions has every number's equation.
type Row struct {
	Estimator     Estimator `json:"estimator"`
	Vectors       int       `json:"vectors,omitempty"` // of Hutchinson
	Trace         Figure    `json:"trace"`
	Norm          Figure    `json:"norm"`
	NormCentred   Figure    `json:"norm_centred"`
	Alignment     Figure    `json:"alignment"`
	Centred       Figure    `json:"alignment_centred"`
	Change        Figure    `json:"relative_change"`
	Velocity      *Velocity `json:"velocity,omitempty"` // none for the first checkpoint of an analysis
	Label         Figure    `json:"label_alignment"`
	Participation Figure    `json:"participation"`
	Spectrum      *Spectrum `json:"spectrum,omitempty"` // none of Hutchinson
	Shares        []Share   `json:"shares,omitempty"`   // none of Hutchinson
}

// Velocity is how far the kernel went since the checkpoint before.
type Velocity struct {
	Since    int    `json:"since_step"`
	Turn     Figure `json:"turn"`
	Change   Figure `json:"relative_change"`
	PerEpoch Figure `json:"relative_change_per_epoch"`
}

// Warnings say what of a row is to be taken with care.
func (r Row) Warnings() []string {
	var list []string
	if r.Spectrum == nil {
		return nil
	}
	if r.Spectrum.BelowRounding {
		list = append(list, "lambda_min lies below the rounding of the kernel's entries: the condition is a lower bound")
	}
	if r.Spectrum.MinIsBound {
		list = append(list, "Lanczos has not reached lambda_min: it is at most what is given, and the condition is a lower bound")
	}
	return list
}

// Definitions say what each number of a Row is.
func Definitions() []analysis.Definition {
	return []analysis.Definition{
		{Name: "kernel", Text: "Θ = JJᵀ, J the derivative of the logits of the probe set by all that is trained, (N·K)²; without --full the class-traced Θ_tr[n,m] = Σ_k Θ[(n,k),(m,k)], N². " +
			"H = I - 11ᵀ/N centres over samples, class by class."},
		{Name: "estimator", Text: "exact: every entry is computed, and what is said of it has no error but rounding. hutchinson: from Θz for random signs z, E[(Az)·(Bz)] = <A, B>; " +
			"averages are taken before ratios, and error is the jackknife's standard error over z."},
		{Name: "trace", Text: "tr Θ, above 0."},
		{Name: "norm", Text: "‖Θ‖, Frobenius."},
		{Name: "norm_centred", Text: "‖HΘH‖."},
		{Name: "alignment", Text: "<Θ0, Θ>/(‖Θ0‖‖Θ‖) with the kernel Θ0 of the initial network on the same samples, 0 to 1; 1 where the kernel is Θ0 times a number. " +
			"High for any two kernels with a large mean."},
		{Name: "alignment_centred", Text: "<HΘ0H, HΘH>/(‖HΘ0H‖‖HΘH‖), 0 to 1: the centred kernel alignment with the start."},
		{Name: "relative_change", Text: "‖Θ - Θ0‖/‖Θ0‖, 0 or more; it also grows where the kernel only grows."},
		{Name: "velocity.turn", Text: "1 - centred alignment with the kernel of the checkpoint before (since_step), 0 to 1."},
		{Name: "velocity.relative_change", Text: "‖Θ - Θ'‖/‖Θ'‖ with Θ' of the checkpoint before; per_epoch is divided by the epochs between."},
		{Name: "label_alignment", Text: "<HΘH, T>/(‖HΘH‖‖T‖), T = yyᵀ with the centred one-hot labels y as a vector over samples and classes; for the class-traced kernel T = YYᵀ with " +
			"Y (N, K). -1 to 1; null where all samples have one label."},
		{Name: "participation", Text: "(Σλ)²/Σλ² = (tr Θ)²/‖Θ‖², 1 to the rank: how many eigenvalues λ carry the kernel. Exact at any size where the kernel is."},
		{Name: "spectrum.lambda_max, lambda_min", Text: "the largest and the smallest eigenvalue. By Lanczos the former is too small and the latter too large by what the iteration has not " +
			"reached; lambda_min_is_bound marks where that may be more than 1 %."},
		{Name: "spectrum.rounding", Text: "NK·ε·λmax: an eigenvalue below it may owe all it is to the rounding of the kernel's entries (lambda_min_below_rounding)."},
		{Name: "spectrum.condition", Text: "λmax/max(λmin, rounding); condition_is_bound: it is at least this."},
		{Name: "spectrum.effective_rank", Text: "exp(-Σ p log p), p = λ/Σλ, 1 to the rank. By stochastic Lanczos quadrature, trace exact: tr Θ·exp(-t), t the ratio of the quadratures of " +
			"Θ log Θ and Θ over random signs, averaged before the ratio, with the jackknife's standard error."},
		{Name: "shares", Text: "what each coupling's own weights contribute to the class-traced kernel Θ_tr = Σ_c Θ_c: trace tr Θ_c/tr Θ_tr, norm <Θ_c, Θ_tr>/‖Θ_tr‖², norm_centred the same " +
			"of HΘ_cH and HΘ_trH. Each adds up to 1 over the couplings. With --full they are those of the class-traced kernel, too."},
	}
}
