// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"fmt"
	"math"
)

// Estimates are what a sketch says of its kernel B and of another one A, each with its jackknife error.
type Estimates struct {
	Trace         Figure // tr B
	Norm          Figure // ‖B‖
	NormCentred   Figure // ‖HBH‖
	Participation Figure // (tr B)²/‖B‖²
	Label         Figure // alignment of HBH with the labels, see Kernel.LabelAlignment

	Alignment Figure // <A, B>/(‖A‖‖B‖)
	Centred   Figure // the same of HAH and HBH
	Change    Figure // ‖B - A‖/‖A‖
}

// The numbers of a draw: products of the images of z, of which the expectation is the product of the kernels, E[(Az)·(Bz)] = <A, B>.
const (
	drawTrace = iota
	drawAB
	drawAA
	drawBB
	drawDifference
	drawCentredAB
	drawCentredAA
	drawCentredBB
	drawLabel
	drawCount
)

// Estimate compares the kernel of b with that of a, both sketched with the same vectors. Averages over vectors are taken before any ratio.
func Estimate(a, b *Sketch) (Estimates, error) {
	if a.seed != b.seed || a.samples != b.samples || a.outputs != b.outputs || len(a.images) != len(b.images) {
		return Estimates{}, fmt.Errorf("sketches of %d samples x %d by %d vectors and of %d x %d by %d cannot be compared; both must come from one Products",
			a.samples, a.outputs, len(a.images), b.samples, b.outputs, len(b.images))
	}
	draws := make([][]float64, len(a.images))
	for i := range draws {
		draws[i] = numbersOf(a, b, i)
	}
	norm := labelNorm(b.labels, b.labelled != nil)
	figure := func(statistic func(m []float64) float64) Figure { return jackknife(draws, statistic) }
	cosine := func(m []float64, ab, aa, bb int) float64 { return m[ab] / math.Sqrt(m[aa]) / math.Sqrt(m[bb]) }
	return Estimates{
		Trace:         figure(func(m []float64) float64 { return m[drawTrace] }),
		Norm:          figure(func(m []float64) float64 { return math.Sqrt(m[drawBB]) }),
		NormCentred:   figure(func(m []float64) float64 { return math.Sqrt(m[drawCentredBB]) }),
		Participation: figure(func(m []float64) float64 { return m[drawTrace] * m[drawTrace] / m[drawBB] }),
		Label:         figure(func(m []float64) float64 { return m[drawLabel] / math.Sqrt(m[drawCentredBB]) / norm }),
		Alignment:     figure(func(m []float64) float64 { return cosine(m, drawAB, drawAA, drawBB) }),
		Centred:       figure(func(m []float64) float64 { return cosine(m, drawCentredAB, drawCentredAA, drawCentredBB) }),
		Change:        figure(func(m []float64) float64 { return math.Sqrt(m[drawDifference]) / math.Sqrt(m[drawAA]) }),
	}, nil
}

// numbersOf are the numbers of draw i.
func numbersOf(a, b *Sketch, i int) []float64 {
	var raw, centred products
	raw.add(1, a.images[i], b.images[i])
	image := b.centred(i)
	centred.add(1, a.centred(i), image)
	z := b.vector(i)
	d := make([]float64, drawCount)
	d[drawTrace], d[drawAB], d[drawAA], d[drawBB], d[drawDifference] = dot(z, b.images[i]), raw.ab, raw.aa, raw.bb, raw.difference
	d[drawCentredAB], d[drawCentredAA], d[drawCentredBB] = centred.ab, centred.aa, centred.bb
	d[drawLabel] = b.alongLabels(image, z)
	return d
}

// alongLabels has <HΘH, T> as its expectation for the kernel T of the labels, of z and HΘHz. For a kernel of all logits it is that, yᵀΘy, whatever z is.
func (s *Sketch) alongLabels(image, z []float64) float64 {
	if s.labelled != nil {
		return dot(bySample(s.labels), s.labelled)
	}
	var total float64
	for _, y := range s.labels {
		total += dot(y, image) * dot(y, z)
	}
	return total
}
