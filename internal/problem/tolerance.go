// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"fmt"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
)

// Operation names a row of the table of tolerances.
type Operation int

const (
	Elementwise   Operation = iota // one activation or loss, entry by entry
	Products                       // a pass through the network: chains of products and activations
	Inverses                       // a pass back through the inverse, or a comparison after one
	Gradients                      // an adjoint against another adjoint of the same loss
	Factor                         // L⁻¹ of a Cholesky factor
	Solution                       // a filtered solution of Φ A = T against the same filter by SVD
	Realised                       // what a step achieves on the stream, and what its certificate says of it
	Update                         // weights after an optimizer's steps
	Kernel                         // a minimum-norm change against the dense J⁺u
	Truncated                      // a step with a cut against the same cut by SVD
	Damped                         // a damped step against the same damping by SVD
	Orthogonal                     // weights after steps along orthogonalised momenta
	Factored                       // a change by damped Kronecker factors against the whole Kronecker product
	Reordered                      // a step on the same samples in another order
	Spread                         // steps on several devices against those on one
	Represented                    // ranks of a site and its alignment with labels
	Classified                     // a ridge classifier on a site
	TangentKernel                  // tiles of JJᵀ, and what is computed of them, against the dense Jacobian
)

// row is a tolerance in each dtype, relative to the norm of what is wanted.
type row struct {
	f32, f64 float64
	source   string
}

// table holds every tolerance. ε is 1.2e-7 in float32 and 2.2e-16 in float64.
func table(op Operation) row {
	switch op {
	case Elementwise:
		return row{2e-6, 1e-13, "16ε for the rational approximations of exp, tanh and erf; float64 leaves room for 1-t² and the like"}
	case Products:
		return row{2e-6, 1e-14, "16ε in float32, 45ε in float64: the roundings of sums of n <= 64 terms and of at most 12 couplings, which mostly cancel"}
	case Inverses:
		return row{5e-6, 5e-14, "as products, on the way there and back"}
	case Gradients:
		return row{2e-6, 1e-14, "as products"}
	case Factor:
		return row{1e-5, 1e-13, "ε times the condition of the matrix's root, 30 at most, and a few for the recursion (Higham, Accuracy and Stability, 10.3 and 14.2)"}
	case Solution:
		return row{2e-2, 1e-11, "a direction of Φ at the filter's level μ = ρ·mean feels the rounding of Gm, ε·λmax, as a share ε/ρ·λmax/mean of itself, 0.02 to 0.1 " +
			"in float32; in float64 no direction of these problems lies near μ"}
	case Realised:
		return row{2e-5, 1e-12, "rounding of ΦA, ε·‖Φ‖‖A‖, where ‖A‖ is up to 100 times ‖T‖/‖Φ‖; a fifth of what EXACT means in float32"}
	case Update:
		return row{2e-5, 1e-13, "as gradients, over 5 steps; Adam divides by a root of the gradient's own square"}
	case Kernel:
		return row{3e-2, 1e-8, "the residual at which the iteration ends, 2e-5 or 1e-11, times the condition of J, at most 1e3 for these problems"}
	case Truncated:
		return row{2e-3, 1e-9, "rounding of the projector, ε times λmax over the gap at the cut, at most 1e4, times the condition of what is kept, 1/rtol² = 400"}
	case Damped:
		return row{5e-4, 1e-10, "rounding of the system, ε·σmax², over the damping, at most 1e4 for these problems, twice over for two couplings"}
	case Orthogonal:
		return row{5e-5, 5e-12, "as gradients, of which the iteration lifts the smallest singular values by 3.44⁵ = 485; they are a small part of what it returns"}
	case Factored:
		return row{2e-5, 1e-13, "as gradients, times the condition of the damped factors, at most 25 for these problems at λ = 0.1"}
	case Reordered:
		return row{3e-3, 3e-6, "the residual at which a solve ends, 1e-5 or 1e-12, times 1/√ρ, the most that a direction which is kept amplifies it: two orders end at two such solutions"}
	case Spread:
		return row{4e-4, 1e-12, "rounding of a solve, 10ε, where sums over the hidden dimension are made in another order, times the condition of Φ, at most 100 for these problems, over three steps"}
	case Represented:
		return row{2e-5, 1e-10, "as products, for the squares that ranks and alignments are made of; float64 leaves room for eigenvalues that are zero to rounding"}
	case Classified:
		return row{1e-2, 1e-6, "features are off by ε, which the smallest penalty, 1e-8 of the mean, makes 1e4 times as large; in float64 the kernel matrix is, by 10ε, and 1e8 times as large"}
	case TangentKernel:
		return row{1e-5, 1e-13, "as products and gradients, squared: two sums of n <= 64 terms multiplied, of at most 12 couplings"}
	}
	panic(fmt.Sprintf("no tolerance for operation %d", op))
}

// Tolerance is the tolerance of an operation in the dtype, with its reason.
func Tolerance(op Operation, dtype dtypes.DType) (relative float64, source string) {
	r := table(op)
	if dtype == dtypes.Float64 {
		return r.f64, r.source
	}
	return r.f32, r.source
}

// Check reports an error if got is further from want than the operation's tolerance, with the worst entry and the ratio to the tolerance.
func Check(t testing.TB, what string, op Operation, dtype dtypes.DType, got, want *mat.Dense) {
	t.Helper()
	tol, source := Tolerance(op, dtype)
	if c := oracle.Compare(got, want); !c.Within(tol) {
		t.Errorf("%s: %v: %.3g times the tolerance %g (%s)", what, c, c.Rel/tol, tol, source)
	}
}

// CheckNumber is Check for a number, relative to want, or absolute where want is under 1.
func CheckNumber(t testing.TB, what string, op Operation, dtype dtypes.DType, got, want float64) {
	t.Helper()
	tol, source := Tolerance(op, dtype)
	if off := abs(got-want) / max(1, abs(want)); !(off <= tol) {
		t.Errorf("%s: got %.9g, want %.9g: off by %.3g, %.3g times the tolerance %g (%s)", what, got, want, off, off/tol, tol, source)
	}
}

func abs(x float64) float64 { return max(x, -x) }
