// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// RandomNet draws a network for checks: C ~ N(0, 1/h), W ~ N(0, 1/h) and b ~ N(0, 0.1²), far from the near-zero start of
// training so that every derivative has something to show, and U with orthonormal columns. It panics where cfg.Validate
// has an error: the settings of a check are written in the program, not read.
func RandomNet(cfg Config, seed uint64) *Net {
	if err := cfg.Validate(); err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	d, std := cfg.Half(), 1/math.Sqrt(float64(cfg.Hidden))
	n := &Net{Config: cfg}
	for range cfg.Couplings() {
		n.C = append(n.C, gaussian(rng, d, cfg.Hidden, std))
		n.W = append(n.W, gaussian(rng, cfg.Hidden, d, std))
		n.B = append(n.B, gaussian(rng, 1, d, 0.1).RawRowView(0))
	}
	var qr mat.QR
	qr.Factorize(gaussian(rng, cfg.Width, cfg.Classes, 1))
	var q mat.Dense
	qr.QTo(&q)
	n.U = mat.DenseCopyOf(q.Slice(0, cfg.Width, 0, cfg.Classes))
	return n
}

// RandomBatch draws inputs x ~ N(0, 1) (rows × D) and labels in 0..K-1.
func RandomBatch(cfg Config, rows int, seed uint64) (x *mat.Dense, y []int32) {
	rng := rand.New(rand.NewPCG(seed, 0xda942042e4dd58b5))
	x = gaussian(rng, rows, cfg.Width, 1)
	y = make([]int32, rows)
	for i := range y {
		y[i] = int32(rng.IntN(cfg.Classes))
	}
	return x, y
}

// RandomDirection draws a ΔZ ~ N(0, 1), one (h+1) × d matrix a coupling (h × d without bias).
func RandomDirection(cfg Config, seed uint64) []*mat.Dense {
	rng := rand.New(rand.NewPCG(seed, 0xb5ad4eceda1ce2a9))
	dZ := make([]*mat.Dense, cfg.Couplings())
	for c := range dZ {
		dZ[c] = gaussian(rng, cfg.Rows(), cfg.Half(), 1)
	}
	return dZ
}

func gaussian(rng *rand.Rand, rows, cols int, std float64) *mat.Dense {
	data := make([]float64, rows*cols)
	for i := range data {
		data[i] = std * rng.NormFloat64()
	}
	return mat.NewDense(rows, cols, data)
}
