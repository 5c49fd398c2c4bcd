// SPDX-License-Identifier: Apache-2.0

package weights

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
	"revgn/internal/number"
	"revgn/model"
)

// Result is where the weights of a network stand, one row a coupling and one for all together.
type Result struct {
	Couplings []Row `json:"couplings"`
	All       Row   `json:"all"`
}

// Row holds the numbers of one coupling, or of all: see Definitions. Where nothing has moved, ranks are no number.
type Row struct {
	Name          string          `json:"name"` // block0.f, or all
	Norm          number.Number   `json:"norm"`
	NormRatio     number.Number   `json:"norm_ratio"`
	Cosine        number.Number   `json:"cosine"`
	Displacement  number.Number   `json:"displacement"`
	Relative      number.Number   `json:"relative_displacement"`
	SigmaMax      number.Number   `json:"sigma_max"`
	StableRank    number.Number   `json:"stable_rank"`
	EffectiveRank number.Number   `json:"effective_rank"`
	Since         number.Optional `json:"displacement_since_before,omitzero"`
	Singular      []float64       `json:"-"` // singular values of the displacement, descending
}

// Compare measures the weights now against those at the start, and where before is not nil against those of an earlier checkpoint. It reads one coupling after
// the other: 2(h+1)d² operations and three matrices (h+1) x d for each.
func Compare(config model.Config, start, before, now Source) (*Result, error) {
	r := &Result{}
	var all sums
	for i := range config.Couplings() {
		one, err := measure(i, start, before, now)
		if err != nil {
			return nil, err
		}
		r.Couplings = append(r.Couplings, one.row(model.CouplingName(i)))
		all.add(one)
	}
	r.All = all.row("all")
	return r, nil
}

// sums hold what numbers of couplings are made of, such that those of several couplings add up.
type sums struct {
	start, now, product, moved, since float64   // ‖Z_0‖², ‖Z_t‖², <Z_0, Z_t>, ‖Δ‖², ‖Z_t - Z_before‖²
	squares                           []float64 // σ² of Δ
	hasBefore                         bool
}

func (s *sums) add(o sums) {
	s.start, s.now, s.product, s.moved, s.since = s.start+o.start, s.now+o.now, s.product+o.product, s.moved+o.moved, s.since+o.since
	s.squares, s.hasBefore = append(s.squares, o.squares...), o.hasBefore
}

func (s *sums) row(name string) Row {
	row := Row{
		Name: name, Norm: root(s.now), NormRatio: root(s.now / s.start), Cosine: number.Number(s.product / math.Sqrt(s.start*s.now)),
		Displacement: root(s.moved), Relative: root(s.moved / s.start),
		StableRank: number.Number(spectrum.StableRank(s.squares)), EffectiveRank: number.Number(spectrum.EffectiveRank(s.squares)),
	}
	for _, v := range s.squares {
		row.Singular = append(row.Singular, math.Sqrt(max(v, 0)))
	}
	slices.SortFunc(row.Singular, func(a, b float64) int { return cmp.Compare(b, a) })
	row.SigmaMax = number.Number(row.Singular[0])
	if math.IsNaN(s.moved) {
		row.SigmaMax = number.Number(math.NaN())
	}
	if s.hasBefore {
		row.Since = number.Some(math.Sqrt(s.since))
	}
	return row
}

func root(v float64) number.Number { return number.Number(math.Sqrt(v)) }

func measure(coupling int, start, before, now Source) (s sums, err error) {
	z0, err := start(coupling)
	if err != nil {
		return s, err
	}
	z, err := now(coupling)
	if err != nil {
		return s, err
	}
	if before != nil {
		last, err := before(coupling)
		if err != nil {
			return s, err
		}
		last.Sub(z, last)
		s.since, s.hasBefore = inner(last, last), true
	}
	s.start, s.now, s.product = inner(z0, z0), inner(z, z), inner(z0, z)
	z.Sub(z, z0)
	s.moved = inner(z, z)
	if s.squares, err = squaredSingular(z); err != nil {
		return s, fmt.Errorf("%s: %w", model.CouplingName(coupling), err)
	}
	return s, nil
}

// squaredSingular are the squares of the singular values of a, from the smaller of aᵀa and aaᵀ. A matrix that is not finite has NaN alone.
func squaredSingular(a *mat.Dense) ([]float64, error) {
	if total := inner(a, a); math.IsNaN(total) || math.IsInf(total, 0) {
		return []float64{math.NaN()}, nil
	}
	var gram mat.SymDense
	if rows, cols := a.Dims(); rows < cols {
		gram.SymOuterK(1, a)
	} else {
		gram.SymOuterK(1, a.T())
	}
	return spectrum.Values(&gram)
}

// inner is <a, b>, row by row, so that rounding does not grow with the number of rows.
func inner(a, b *mat.Dense) float64 {
	var total float64
	rows, _ := a.Dims()
	for i := range rows {
		var row float64
		for j, v := range a.RawRowView(i) {
			row += v * b.RawRowView(i)[j]
		}
		total += row
	}
	return total
}
