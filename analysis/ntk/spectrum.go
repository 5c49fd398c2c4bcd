// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
	"revgn/internal/number"
)

// Method is a way to the spectrum of a kernel.
type Method string

const (
	// AutoSpectrum is DenseSpectrum up to DenseRows rows, else LanczosSpectrum.
	AutoSpectrum Method = "auto"
	// DenseSpectrum computes every eigenvalue, (4/3)(NK)³ operations on the host.
	DenseSpectrum Method = "exact"
	// LanczosSpectrum estimates: the largest and the smallest eigenvalue by a long Lanczos run, the effective rank by stochastic Lanczos quadrature over
	// Rademacher vectors (Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38, 2017), 2(NK)² operations a step.
	LanczosSpectrum Method = "lanczos"
	// NoSpectrum leaves it out.
	NoSpectrum Method = "none"
)

// Methods lists the ways there are.
func Methods() []Method { return []Method{AutoSpectrum, DenseSpectrum, LanczosSpectrum, NoSpectrum} }

// DenseRows is the largest kernel whose eigenvalues AutoSpectrum computes one by one.
const DenseRows = 2000

// The runs of LanczosSpectrum: one long one, from whose ends the extreme eigenvalues are taken, and shorter ones for the quadrature.
const (
	longSteps    = 120
	shortSteps   = 40
	quadratures  = 6
	lanczosSeed  = 0x6e746b
	ritzAccuracy = 0.01 // of λmin: a residual above this share of it makes λmin a bound
)

// Spectrum is what is said of the eigenvalues λ of a kernel.
type Spectrum struct {
	Method        Method        `json:"method"`
	Max           number.Number `json:"lambda_max"`
	Min           number.Number `json:"lambda_min"`                // below zero is rounding
	MinIsBound    bool          `json:"lambda_min_is_bound"`       // a Lanczos run that did not get there: λmin is at most this
	BelowRounding bool          `json:"lambda_min_below_rounding"` // λmin is known only to lie below Rounding
	Rounding      number.Number `json:"rounding"`                  // NK·ε·λmax: what eigenvalues may owe to the rounding of the kernel's entries
	Condition     number.Number `json:"condition"`                 // λmax over λmin, or over Rounding where that is larger
	IsBound       bool          `json:"condition_is_bound"`        // the condition is at least this
	EffectiveRank Figure        `json:"effective_rank"`            // exp(entropy of λ/Σλ)
	Eigenvalues   []float64     `json:"-"`                         // ascending, of DenseSpectrum alone
}

// Spectrum finds the eigenvalues, or what can be said of them. progress, where not nil, is called after each product with the kernel. A kernel with entries that
// are not finite is an error.
func (k *Kernel) Spectrum(ctx context.Context, by Method, progress func(done, of int)) (Spectrum, error) {
	if by == AutoSpectrum {
		if by = LanczosSpectrum; k.Size() <= DenseRows {
			by = DenseSpectrum
		}
	}
	s := Spectrum{Method: by}
	var err error
	switch by {
	case DenseSpectrum:
		err = s.dense(k)
	case LanczosSpectrum:
		err = s.lanczos(ctx, k, progress)
	default:
		return s, fmt.Errorf("spectrum: got %q; allowed: %s, %s, %s", by, AutoSpectrum, DenseSpectrum, LanczosSpectrum)
	}
	s.conclude(k)
	return s, err
}

func (s *Spectrum) dense(k *Kernel) error {
	size := k.Size()
	m := mat.NewSymDense(size, nil)
	for n := range k.Samples {
		for i := range k.Classes {
			for o := range n + 1 {
				for j := range k.Classes {
					m.SetSym(n*k.Classes+i, o*k.Classes+j, k.At(n, i, o, j))
				}
			}
		}
	}
	values, err := spectrum.Values(m)
	if err != nil {
		return err
	}
	s.Eigenvalues = values
	s.Min, s.Max, s.EffectiveRank = number.Number(values[0]), number.Number(values[size-1]), exactly(spectrum.EffectiveRank(values))
	return nil
}

func (s *Spectrum) lanczos(ctx context.Context, k *Kernel, progress func(done, of int)) error {
	size, trace := k.Size(), k.Trace()
	done, all := 0, min(longSteps, size)+(quadratures-1)*min(shortSteps, size)
	var err error
	times := func(v []float64) []float64 {
		if err = ctx.Err(); err != nil {
			return make([]float64, size) // ends the run
		}
		out := k.Times(v)
		if done++; progress != nil {
			progress(done, all)
		}
		return out
	}
	draws := make([][]float64, quadratures)
	low, high, off := math.Inf(1), math.Inf(-1), 0.0
	for i := range draws {
		steps := shortSteps
		if i == 0 {
			steps = longSteps
		}
		r := lanczos(times, signs(lanczosSeed, uint64(i), size), steps)
		if err != nil {
			return err
		}
		draws[i] = entropySums(r, size)
		if lowest := slices.Min(r.values); lowest < low {
			low, off = lowest, r.residuals[slices.Index(r.values, lowest)]
		}
		high = max(high, slices.Max(r.values))
	}
	if math.IsNaN(high) || math.IsInf(high, 0) || math.IsNaN(trace) {
		return fmt.Errorf("spectrum: the kernel has entries that are not finite")
	}
	s.Min, s.Max = number.Number(low), number.Number(high)
	s.MinIsBound = !(off <= ritzAccuracy*math.Abs(low))
	s.EffectiveRank = jackknife(draws, func(mean []float64) float64 { return trace * math.Exp(-mean[1]/mean[0]) })
	return nil
}

// entropySums are the quadratures of tr Θ and of tr Θ log Θ, of which exp(entropy) = tr Θ · exp(-tr(Θ log Θ)/tr Θ); dividing the one estimate by the other takes out
// what they vary together.
func entropySums(r ritz, size int) []float64 {
	var trace, entropy float64
	for i, v := range r.values {
		if v > 0 {
			trace += r.weights[i] * v
			entropy += r.weights[i] * v * math.Log(v)
		}
	}
	return []float64{float64(size) * trace, float64(size) * entropy}
}

// conclude fills in what follows from λmax and λmin.
func (s *Spectrum) conclude(k *Kernel) {
	dtype := dtypes.Float32
	if k.double != nil {
		dtype = dtypes.Float64
	}
	floor := float64(k.Size()) * rounding(dtype) * float64(s.Max)
	s.Rounding = number.Number(floor)
	s.BelowRounding = !(float64(s.Min) > floor)
	s.IsBound = s.MinIsBound || s.BelowRounding
	s.Condition = number.Number(float64(s.Max) / max(float64(s.Min), floor))
}

// signs are n numbers of 1 or -1, a function of seed and index.
func signs(seed, index uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, index))
	v := make([]float64, n)
	var bits uint64
	for i := range v {
		if i%64 == 0 {
			bits = rng.Uint64()
		}
		v[i] = 1 - 2*float64(bits&1)
		bits >>= 1
	}
	return v
}
