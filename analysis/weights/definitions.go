// SPDX-License-Identifier: Apache-2.0

package weights

import "revgn/analysis"

// Definitions say what each number is.
func Definitions() []analysis.Definition {
	return []analysis.Definition{
		{Name: "norm", Text: "‖Z_t‖, Frobenius norm of what a coupling trains, Z = [W; b]; of all couplings together the root of the sum of squares. Exact."},
		{Name: "norm_ratio", Text: "‖Z_t‖/‖Z_0‖. Exact."},
		{Name: "cosine", Text: "<Z_0, Z_t>/(‖Z_0‖‖Z_t‖), -1 to 1; 1 where Z_t is a multiple of the start. Exact; close to 1 it resolves angles down to 1e-8."},
		{Name: "displacement", Text: "‖Z_t - Z_0‖. Exact."},
		{Name: "relative_displacement", Text: "‖Z_t - Z_0‖/‖Z_0‖. Exact."},
		{Name: "sigma_max", Text: "Largest singular value of Z_t - Z_0; of all couplings together the largest of any."},
		{Name: "stable_rank", Text: "‖Z_t - Z_0‖²/σmax², from 1 to the rank: how many directions as strong as the strongest make up the displacement. " +
			"Null where nothing moved. All couplings together are one block diagonal matrix."},
		{Name: "effective_rank", Text: "exp(-Σ p log p), p = σ²/Σσ² over the singular values σ of Z_t - Z_0, from 1 to the rank: the exponential of their entropy. " +
			"Null where nothing moved. All couplings together are one block diagonal matrix."},
		{Name: "displacement_since_before", Text: "‖Z_t - Z_s‖ with s the checkpoint before (before_step). Its sum over checkpoints bounds the path of a coupling from below."},
		{Name: "path_length", Text: "Σ‖αΔZ‖ over the steps 1 to t, of all couplings together, from step_norm in metrics.jsonl. Exact; there is none for single couplings."},
		{Name: "straightness", Text: "‖Z_t - Z_0‖/path_length of all couplings together, 0 to 1; 1 is a straight line."},
	}
}
