// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"revgn/internal/number"
	"revgn/model"
)

// Share is what a coupling contributes to the class-traced kernel Θ = Σ_c Θ_c. The shares of all couplings add up to 1; one of the centred norm may be negative.
type Share struct {
	Coupling string        `json:"coupling"`
	Trace    number.Number `json:"trace"`        // tr Θ_c / tr Θ
	Norm     number.Number `json:"norm"`         // <Θ_c, Θ>/‖Θ‖²
	Centred  number.Number `json:"norm_centred"` // the same of HΘ_cH and HΘH
}

// shareSums are what the shares need, summed in float64 over the tiles of the couplings' class-traced kernels.
type shareSums struct {
	trace, inner []float64   // tr Θ_c and <Θ_c, Θ>
	rows         [][]float64 // Σ_m Θ_c[n,m]
}

func newShareSums(s sizes) shareSums {
	sums := shareSums{trace: make([]float64, s.config.Couplings()), inner: make([]float64, s.config.Couplings())}
	for range s.config.Couplings() {
		sums.rows = append(sums.rows, make([]float64, s.blocks*s.rows))
	}
	return sums
}

// addParts adds a tile's parts (2L, b, b), which are zero outside of the probe set, and returns their sum over couplings (b, b).
func addParts[T float32 | float64](s *shareSums, k *Kernel, t tile, parts []T) []T {
	b := k.rows
	total, line := make([]T, b*b), make([]float64, b)
	for n := range b {
		clear(line)
		for c := range s.rows {
			for m, v := range parts[(c*b+n)*b:][:b] {
				line[m] += float64(v)
			}
		}
		for m, v := range line {
			total[n*b+m] = T(v)
		}
		for c, rows := range s.rows {
			var inner, along float64
			for m, v := range parts[(c*b+n)*b:][:b] {
				inner += float64(v) * line[m]
				along += float64(v)
				if t.row != t.col {
					rows[t.col*b+m] += float64(v)
				}
			}
			s.inner[c] += t.weight() * inner
			rows[t.row*b+n] += along
			if t.row == t.col {
				s.trace[c] += float64(parts[(c*b+n)*b+n])
			}
		}
	}
	return total
}

// Shares tells in which couplings the class-traced kernel lives, also where the kernel is a full one.
func (k *Kernel) Shares() []Share {
	n := float64(k.Samples)
	var trace, norm, centred float64
	rows, whole := make([]float64, len(k.shares.rows[0])), 0.0 // of Θ: Σ_m Θ[n,m], and of all
	for c := range k.shares.rows {
		trace += k.shares.trace[c]
		norm += k.shares.inner[c]
		for i, v := range k.shares.rows[c] {
			rows[i] += v
			whole += v
		}
	}
	inner := make([]float64, len(k.shares.rows)) // <HΘ_cH, HΘH> = <Θ_c, Θ> - 2/N Σ_n (Σ_m Θ_c)(Σ_m Θ) + (ΣΘ_c)(ΣΘ)/N²
	for c, own := range k.shares.rows {
		var along, all float64
		for i, v := range own {
			along += v * rows[i]
			all += v
		}
		inner[c] = k.shares.inner[c] - 2*along/n + all*whole/(n*n)
		centred += inner[c]
	}
	var list []Share
	for c := range inner {
		list = append(list, Share{
			Coupling: model.CouplingName(c), Trace: number.Number(k.shares.trace[c] / trace),
			Norm: number.Number(k.shares.inner[c] / norm), Centred: number.Number(inner[c] / centred),
		})
	}
	return list
}
