// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// centring returns H = I - 11ᵀ/n (n × n).
func centring(n int) *mat.Dense {
	h := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			h.Set(i, j, -1/float64(n))
		}
		h.Set(i, i, 1-1/float64(n))
	}
	return h
}

// LinearKernel returns XXᵀ (n × n) for x of n × p, its columns as they are.
func LinearKernel(x *mat.Dense) *mat.Dense {
	var k mat.Dense
	k.Mul(x, x.T())
	return &k
}

// RBFKernel returns exp(-‖x_i - x_j‖²/2s²) (n × n) for x of n × p, where s is factor times the median of ‖x_i - x_j‖ over the pairs i < j.
func RBFKernel(x *mat.Dense, factor float64) *mat.Dense {
	n, p := x.Dims()
	k := mat.NewDense(n, n, nil)
	var distances []float64
	for i := range n {
		for j := range n {
			var squares float64
			for c := range p {
				squares += math.Pow(x.At(i, c)-x.At(j, c), 2)
			}
			k.Set(i, j, squares)
			if i < j {
				distances = append(distances, math.Sqrt(squares))
			}
		}
	}
	sort.Float64s(distances)
	count := len(distances)
	s := factor * (distances[(count-1)/2] + distances[count/2]) / 2
	k.Apply(func(_, _ int, squares float64) float64 { return math.Exp(-squares / (2 * s * s)) }, k)
	return k
}

// CKA returns tr(KHMH)/√(tr(KHKH) tr(MHMH)) for kernel matrices of n × n (Kornblith et al. 2019, section 3; arXiv 1905.00414).
func CKA(k, m *mat.Dense) float64 {
	hsic := func(a, b *mat.Dense) float64 {
		n, _ := a.Dims()
		h := centring(n)
		var left, right, product mat.Dense
		left.Mul(a, h)
		right.Mul(b, h)
		product.Mul(&left, &right)
		return mat.Trace(&product)
	}
	return hsic(k, m) / math.Sqrt(hsic(k, k)*hsic(m, m))
}

// DebiasedCKA returns CKA with HSIC1 in the place of HSIC.
func DebiasedCKA(k, m *mat.Dense) float64 {
	return HSIC1(k, m) / math.Sqrt(HSIC1(k, k)*HSIC1(m, m))
}

// HSIC1 returns [tr(K̃M̃) + (1ᵀK̃1)(1ᵀM̃1)/((n-1)(n-2)) - 2/(n-2)·1ᵀK̃M̃1]/(n(n-3)) for kernel matrices of n × n, n > 3, whose diagonals K̃ and M̃ have set to 0
// (Song et al. 2012, JMLR 13, equation 5).
func HSIC1(k, m *mat.Dense) float64 {
	n, _ := k.Dims()
	hollow := func(a *mat.Dense) *mat.Dense {
		b := mat.DenseCopyOf(a)
		for i := range n {
			b.Set(i, i, 0)
		}
		return b
	}
	kt, mt := hollow(k), hollow(m)
	var product mat.Dense
	product.Mul(kt, mt)
	c := float64(n)
	return (mat.Trace(&product) + mat.Sum(kt)*mat.Sum(mt)/((c-1)*(c-2)) - 2/(c-2)*mat.Sum(&product)) / (c * (c - 3))
}

// HSIC1ByDefinition returns the mean of K_ij(M_ij + M_qr - 2M_iq) over all ordered quadruples of distinct samples i, j, q, r, the U-statistic that HSIC1 is a
// closed form of (Song et al. 2012, equation 4). It takes n⁴ operations.
func HSIC1ByDefinition(k, m *mat.Dense) float64 {
	n, _ := k.Dims()
	var total, count float64
	for i := range n {
		for j := range n {
			for q := range n {
				for r := range n {
					if i == j || i == q || i == r || j == q || j == r || q == r {
						continue
					}
					total += k.At(i, j) * (m.At(i, j) + m.At(q, r) - 2*m.At(i, q))
					count++
				}
			}
		}
	}
	return total / count
}
