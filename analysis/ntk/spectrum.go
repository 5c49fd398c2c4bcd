// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

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
	// LanczosSpectrum estimates by the Lanczos method, 2(NK)² operations a step: the largest and the smallest eigenvalue, and by quadrature the effective rank.
	LanczosSpectrum Method = "lanczos"
	// NoSpectrum leaves it out.
	NoSpectrum Method = "none"
)

// Methods lists the ways there are.
func Methods() []Method { return []Method{AutoSpectrum, DenseSpectrum, LanczosSpectrum, NoSpectrum} }

// DenseRows is the largest kernel whose eigenvalues AutoSpectrum computes one by one.
const DenseRows = 2000

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
	if by == AutoSpectrum || by == "" {
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
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], index)
	source := rand.NewChaCha8(key)
	v := make([]float64, n)
	var bits uint64
	for i := range v {
		if i%64 == 0 {
			bits = source.Uint64()
		}
		v[i] = 1 - 2*float64(bits&1)
		bits >>= 1
	}
	return v
}
