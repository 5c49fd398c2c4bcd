// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
)

// Operation is what the tolerance of a check depends on besides the dtype.
type Operation int

// The operations of the table of tolerances.
const (
	Evaluation  Operation = iota // a pass through the network: values, tangents, adjoints
	Inversion                    // a pass back through the inverse
	Difference                   // against central differences
	Solution                     // a change of weights against a dense solution
	Realised                     // what a step does on the stream or the logits
	Certificate                  // what a step says of itself
	Spectrum                     // the rank kept, of the number of singular values
	Unseen                       // a change of weights in directions that the batch does not show
	Rate                         // the rate at which an error falls with α
	Count                        // things that must not happen at all
)

// Tolerance bounds a figure. All are relative to the norm of what is wanted, save Rate and Count.
type Tolerance struct {
	F64, F32 float64
	Source   string
}

// tolerances is the one table. ε is 2.2e-16 in Float64 and 1.2e-7 in Float32.
func tolerances() map[Operation]Tolerance {
	return map[Operation]Tolerance{
		Evaluation:  {1e-12, 1e-5, "ε·√n a product, of n <= 49 terms over 12 couplings or n <= 191 over 2: 84 ε; Float64 leaves room for the oracle's own rounding"},
		Inversion:   {1e-11, 1e-4, "Evaluation times the condition of the map that is inverted, about 10 for branches as large as the stream"},
		Difference:  {1e-9, 1e-4, "differences of order 4: ε/step = 2e-10 at the steps used; in Float32 the rounding of what is compared, as Inversion"},
		Solution:    {1e-9, 3e-3, "the residual at which refinement stops, 1e-5 in Float32, times 1/√ρ = 316, the most that a direction which is kept amplifies it; Float64: the bound set for all"},
		Realised:    {1e-9, gnstep.Tolerance(dtypes.Float32), "Float32: where a step counts as EXACT (section 7); Float64: a thousandth of that"},
		Certificate: {1e-9, 1e-5, "a tenth of what it certifies in Float32"},
		Spectrum:    {2e-3, 1e-2, "ε/ρ for each direction at the level of the filter: the rounding of the Gram matrix against that level"},
		Unseen:      {3.6e-5, 1e-5, "(m+1)·√B·ε/ρ for 3 passes, B = 30 and ρ = 1e-10: where Φ is zero, the rounding of Φᵀ(T - ΦA) over the level of the filter; Float32, whose identity form is solved in Float64 at a level of 1e-5: as Evaluation"},
		Rate:        {0.01, 0.1, "the next Taylor term is of order α; α = 2⁻¹⁰ and 2⁻⁶, 10 and 6 times that"},
		Count:       {0, 0, "must not happen"},
	}
}

// in is the tolerance in the dtype.
func (t Tolerance) in(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return t.F64
	}
	return t.F32
}
