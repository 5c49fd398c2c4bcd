// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"errors"
	"math"

	"revgn/internal/number"
)

// The runs of LanczosSpectrum: one long one, from whose ends the extreme eigenvalues are taken, and shorter ones for the quadrature.
const (
	longSteps    = 120
	shortSteps   = 40
	quadratures  = 8
	lanczosSeed  = 0x6e746b
	ritzAccuracy = 0.01 // of λmin: a residual above this share of it makes λmin a bound
	settled      = 1e-6 // residual, as a share of its eigenvalue, from which on an eigenvalue counts as found
)

// lanczos estimates. The eigenvalues that the long run found, the largest ones, enter the entropy as they are. The rest is stochastic Lanczos quadrature (Ubaru, Chen
// and Saad, SIAM J. Matrix Anal. Appl. 38, 2017) over Rademacher vectors from which the found eigenvectors are taken out, as in Hutch++ (Meyer, Musco, Musco and
// Woodruff, 2021): what random vectors differ by most is how much of the largest eigenvectors they hold.
func (s *Spectrum) lanczos(ctx context.Context, k *Kernel, progress func(done, of int)) error {
	size := k.Size()
	var err error
	done := 0
	times := func(v []float64) []float64 {
		if err = ctx.Err(); err != nil {
			return make([]float64, size) // ends the run
		}
		if done++; progress != nil {
			progress(done, min(longSteps, size)+quadratures*min(shortSteps, size))
		}
		return k.Times(v)
	}
	long := lanczos(times, signs(lanczosSeed, 0, size), nil, longSteps)
	if err != nil {
		return err
	}
	last := len(long.values) - 1
	if math.IsNaN(long.values[last]) {
		return errors.New("spectrum: the kernel has entries that are not finite")
	}
	s.Min, s.Max = number.Number(long.values[0]), number.Number(long.values[last])
	s.MinIsBound = !(long.residuals[0] <= ritzAccuracy*math.Abs(long.values[0]))

	found := newFound(long)
	rest := max(k.Trace()-found.trace, 0)
	var draws [][]float64
	for i := range quadratures {
		start := signs(lanczosSeed, uint64(i+1), size)
		for _, v := range found.vectors {
			subtract(start, v, dot(start, v))
		}
		left := dot(start, start)
		if !(left > 0x1p-40*float64(size)) { // everything was found
			draws = append(draws, []float64{0, 0})
			continue
		}
		trace, entropy := lanczos(times, start, found.vectors, shortSteps).sums()
		draws = append(draws, []float64{left * trace, left * entropy})
		if err != nil {
			return err
		}
	}
	s.EffectiveRank = jackknife(draws, func(mean []float64) float64 {
		entropy := found.entropy
		if mean[0] > 0 {
			entropy += rest * mean[1] / mean[0] // what both estimates vary by together cancels
		}
		whole := found.trace + rest
		return whole * math.Exp(-entropy/whole)
	})
	return nil
}

// found are the eigenvalues that a run found, with their share of tr Θ and of tr Θ log Θ. exp(entropy of λ/tr Θ) = tr Θ · exp(-tr(Θ log Θ)/tr Θ).
type found struct {
	vectors        [][]float64
	trace, entropy float64
}

// newFound takes the eigenvalues from the largest on down to the first that has not settled.
func newFound(r ritz) found {
	var f found
	for i := len(r.values) - 1; i >= 0 && r.values[i] > 0 && r.residuals[i] <= settled*r.values[i]; i-- {
		f.vectors = append(f.vectors, r.vector(i))
		f.trace += r.values[i]
		f.entropy += r.values[i] * math.Log(r.values[i])
	}
	return f
}

// sums are the quadratures of Θ and of Θ log Θ, for a starting vector of length 1.
func (r ritz) sums() (trace, entropy float64) {
	for i, v := range r.values {
		if v > 0 {
			trace += r.weights[i] * v
			entropy += r.weights[i] * v * math.Log(v)
		}
	}
	return trace, entropy
}
