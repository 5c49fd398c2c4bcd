// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
)

// The rank is the trace of the filter, exactly; σmax and σmin are within 5 %, and σmin never below √μ. Two systems of different spectra go through one
// factorisation, as couplings do: features of full rank, and a Gram matrix of rank 12 of 40.
func TestSpectra(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			t.Run(dtype.String(), func(t *testing.T) { checkSpectra(t, b, dtype) })
		}
	})
}

func checkSpectra(t *testing.T, b *backend.Backend, dtype dtypes.DType) {
	const size = 40
	features := problem.Normal(21, size, 160)
	features.Apply(func(_, _ int, v float64) float64 { return max(v, 0) }, features)
	deficient := problem.Normal(22, size, 12)
	var stack, full, low mat.Dense
	full.Mul(features, features.T())
	low.Mul(deficient, deficient.T())
	stack.Stack(&full, &low)
	mus := []float64{filterLevel(dtype, rowForm) * mat.Trace(&full) / size, filterLevel(dtype, rowForm) * mat.Trace(&low) / size}

	exec := graph.MustNewExec(b.Backend, func(m, mu *graph.Node) *graph.Node {
		unit := graph.ConvertDType(graph.Diagonal(m.Graph(), size), m.DType())
		inverse := dense.CholeskyInverse(graph.Add(m, graph.Mul(graph.ExpandAxes(unit, 0), graph.Reshape(mu, 2, 1, 1))), mu)
		var numbers []*graph.Node
		for _, s := range spectraOf(m, inverse, mu) {
			numbers = append(numbers, s.rank, s.sigmaMax, s.sigmaMin)
		}
		return graph.Stack(numbers, 0)
	})
	defer exec.Finalize()
	out, err := exec.Call1(problem.Tensor(dtype, &stack, 2, size, size), problem.Tensor(dtype, mat.NewDense(1, 2, mus), 2))
	if err != nil {
		t.Fatal(err)
	}
	got := problem.Flat(t, out)
	for i, phi := range []*mat.Dense{features, deficient} {
		var svd mat.SVD
		svd.Factorize(phi, mat.SVDNone)
		sigma := svd.Values(nil)
		rank, smallest := 0.0, math.Sqrt(mus[i])
		for _, s := range sigma {
			rank += s * s / (s*s + mus[i])
		}
		if len(sigma) == size {
			smallest = max(smallest, sigma[size-1])
		}
		what := fmt.Sprintf("system %d: ", i)
		within(t, what+"rank", got[3*i], rank, rankTolerance)
		within(t, what+"σmax", got[3*i+1], sigma[0], 0.05)
		within(t, what+"σmin", got[3*i+2], smallest, 0.05)
		if !(got[3*i+1] <= sigma[0]*(1+1e-5)) {
			t.Errorf("%sσmax %g is above the true one, %g", what, got[3*i+1], sigma[0])
		}
	}
}

// rankTolerance is for the rank, relative: rounding of the Gram matrix, ε·λmax, is some hundredths of μ in either dtype, and moves the filter of every
// dropped direction by as much.
const rankTolerance = 1e-2

func within(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if off := math.Abs(got-want) / want; !(off <= tol) {
		t.Errorf("%s: got %g, want %g: off by %.3g, %.3g times the tolerance %g", what, got, want, off, off/tol, tol)
	}
}
