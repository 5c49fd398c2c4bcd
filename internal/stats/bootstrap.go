// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Resamples draws count times n indices below n with replacement, from PCG seeded by seed alone.
func Resamples(n, count int, seed uint64) [][]int {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	all := make([][]int, count)
	for i := range all {
		all[i] = make([]int, n)
		for j := range all[i] {
			all[i][j] = random.IntN(n)
		}
	}
	return all
}

// Replicates is the statistic of each resample, ascending.
func Replicates(values []float64, statistic func([]float64) float64, resamples [][]int) []float64 {
	replicates := make([]float64, len(resamples))
	drawn := make([]float64, len(values))
	for i, indices := range resamples {
		for j, k := range indices {
			drawn[j] = values[k]
		}
		replicates[i] = statistic(drawn)
	}
	slices.Sort(replicates)
	return replicates
}

// Quantile is the p-quantile of ascending values, linear between the order statistics at (n-1)p (number 7 of Hyndman and Fan, Sample quantiles in statistical packages, The American
// Statistician 50, 1996; NumPy's default).
func Quantile(ascending []float64, p float64) float64 {
	if len(ascending) == 0 || !(p >= 0 && p <= 1) || math.IsNaN(ascending[0]) {
		return math.NaN()
	}
	at := p * float64(len(ascending)-1)
	below := int(at)
	if below == len(ascending)-1 {
		return ascending[below]
	}
	return ascending[below] + (at-float64(below))*(ascending[below+1]-ascending[below])
}

// Percentile is the interval between the (1-level)/2 and (1+level)/2 quantiles of ascending replicates (Efron and Tibshirani 1993, 13.3). With few values it is too narrow.
func Percentile(replicates []float64, level float64) Interval {
	tail := (1 - level) / 2
	return Interval{Quantile(replicates, tail), Quantile(replicates, 1-tail)}
}

// BCa are the terms of the bias-corrected and accelerated bootstrap.
type BCa struct {
	Bias         float64 // z₀ = Φ⁻¹ of the share of replicates below θ̂, ties half
	Acceleration float64 // a = Σ(θ̄ - θ₋ᵢ)³ / 6(Σ(θ̄ - θ₋ᵢ)²)^{3/2} of the jackknife's replicates
}

// NewBCa computes both terms from θ̂, ascending bootstrap replicates and the jackknife's (Efron and Tibshirani 1993, 14.3).
func NewBCa(estimate float64, replicates, without []float64) BCa {
	below, _ := slices.BinarySearch(replicates, estimate)
	upTo := below
	for upTo < len(replicates) && replicates[upTo] == estimate {
		upTo++
	}
	share := float64(below+upTo) / float64(2*len(replicates))
	var mean, squares, cubes float64
	for _, s := range without {
		mean += s / float64(len(without))
	}
	for _, s := range without {
		d := mean - s
		squares += d * d
		cubes += d * d * d
	}
	return BCa{normalQuantile(share), cubes / (6 * math.Pow(squares, 1.5))}
}

// Interval is that between the quantiles Φ(z₀ + (z₀ + z)/(1 - a(z₀ + z))) of ascending replicates, z = ±Φ⁻¹((1+level)/2). It is NaN where the replicates all lie on one side of θ̂, or where all
// values are alike.
func (b BCa) Interval(replicates []float64, level float64) Interval {
	z := normalQuantile((1 - level) / 2)
	at := func(z float64) float64 {
		u := b.Bias + z
		return Quantile(replicates, normalCDF(b.Bias+u/(1-b.Acceleration*u)))
	}
	return Interval{at(z), at(-z)}
}

// Bootstrap is the BCa interval of a statistic of values, from count resamples.
func Bootstrap(values []float64, statistic func([]float64) float64, level float64, count int, seed uint64) Interval {
	if len(values) < 2 {
		return Interval{math.NaN(), math.NaN()}
	}
	replicates := Replicates(values, statistic, Resamples(len(values), count, seed))
	return NewBCa(statistic(values), replicates, Jackknife(values, statistic)).Interval(replicates, level)
}

// normalQuantile is Φ⁻¹, infinite at 0 and 1.
func normalQuantile(p float64) float64 {
	switch {
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	case !(p > 0 && p < 1):
		return math.NaN()
	}
	return mathext.NormalQuantile(p)
}

func normalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
