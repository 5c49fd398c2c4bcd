// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/cka"
	"revgn/analysis/spectrum"
	"revgn/internal/number"
)

// targets are the labels as the numbers of a site need them.
type targets struct {
	fit, probe *mat.Dense   // unit rows
	kernel     *cka.Centred // of YYᵀ on the probe set
	trace      float64      // of HYYᵀH
	norm       float64      // ‖HYYᵀH‖
}

func newTargets(fit, probe []int32, classes int) (t targets, err error) {
	t.probe = units(probe, classes)
	if len(fit) > 0 {
		t.fit = units(fit, classes)
	}
	var k mat.SymDense
	k.SymOuterK(1, t.probe)
	t.kernel, t.trace, t.norm, err = centre(&k)
	return t, err
}

// centre prepares a kernel matrix for comparisons; trace and norm are those of HKH.
func centre(k *mat.SymDense) (c *cka.Centred, trace, norm float64, err error) {
	n := k.SymmetricDim()
	h := doublyCentred(k)
	values := make([]float64, 0, n*n)
	for i := range n {
		for j := range n {
			values = append(values, h.At(i, j))
		}
	}
	g, err := cka.NewGram(n, values)
	if err != nil {
		return nil, 0, 0, err
	}
	c, err = cka.Centre(g, cka.Groups)
	return c, mat.Trace(h), mat.Norm(h, 2), err
}

// numbers measures a site. Of one that is not finite there are none, and of one that is the same for all samples there is no alignment.
func (t targets) numbers(c cloud) (n Numbers, err error) {
	if !c.finite() {
		return nothing(), nil
	}
	k := c.probes()
	plain, centred, err := c.spectra(k)
	if err != nil {
		return n, err
	}
	n.Plain, n.Centred = spectrumOf(plain), spectrumOf(centred)
	n.Alignment = nothing().Alignment
	if n.Centred.Largest > 0 {
		if n.Alignment, err = t.align(k); err != nil {
			return n, err
		}
	}
	if t.fit != nil {
		b, err := c.basis()
		if err != nil {
			return n, err
		}
		n.Probe = b.classify(t.fit, t.probe)
	}
	return n, nil
}

func spectrumOf(values []float64) Spectrum {
	return Spectrum{
		EffectiveRank: number.Number(spectrum.EffectiveRank(values)), StableRank: number.Number(spectrum.StableRank(values)),
		Participation: number.Number(spectrum.Participation(values)), Largest: number.Number(values[len(values)-1]), Eigenvalues: values,
	}
}

// align is how K (N, N) of the probe set goes with the labels.
func (t targets) align(k *mat.SymDense) (a Alignment, err error) {
	kernel, trace, norm, err := centre(k)
	if err != nil {
		return a, err
	}
	s, err := cka.Compare(kernel, t.kernel)
	return Alignment{
		Biased: s.Biased.Value, BiasedError: s.BiasedError.Value, Debiased: s.Debiased, DebiasedError: s.DebiasedError,
		Chance: number.Number(trace * t.trace / (float64(k.SymmetricDim()-1) * norm * t.norm)),
	}, err
}

// nothing are numbers without a value.
func nothing() Numbers {
	none := number.Number(math.NaN())
	s := Spectrum{EffectiveRank: none, StableRank: none, Participation: none, Largest: none}
	return Numbers{Plain: s, Centred: s, Alignment: Alignment{none, none, none, none, none}}
}
