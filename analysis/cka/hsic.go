// SPDX-License-Identifier: Apache-2.0

package cka

// hsic is an estimate of HSIC from all samples, and from those without each group.
type hsic struct {
	all     float64
	without []float64 // one a group; none where there are no groups
}

// pair is both estimates for two kernel matrices: the biased one is <HKH, HMH>, whose factor cancels in CKA, the debiased one HSIC₁.
type pair struct{ biased, debiased hsic }

// between computes both estimates for two kernel matrices of the same samples and groups.
func between(a, b *Centred) pair {
	n, groups := a.n, max(a.groups, 1)
	// The sums of a_ij b_ij over the samples j of each group, n x groups: all that leaving out a group needs of the products.
	hkh, u := make([]float64, n*groups), make([]float64, n*groups)
	for i := range n {
		rowA, rowB := a.row(i), b.row(i)
		shiftA, shiftB := a.shift[i], b.shift[i]
		for g := range groups {
			var h, d float64
			for j := g; j < n; j += groups {
				va, vb := rowA[j], rowB[j]
				h += va * vb
				d += (va - shiftA - a.shift[j]) * (vb - shiftB - b.shift[j])
			}
			if i%groups == g {
				d -= (rowA[i] - 2*shiftA) * (rowB[i] - 2*shiftB) // the diagonal of U is 0
			}
			hkh[i*groups+g], u[i*groups+g] = h, d
		}
	}
	m := float64(n)
	p := pair{hsic{all: sum(hkh)}, hsic{all: sum(u) / (m * (m - 3))}}
	for g := range a.groups {
		p.biased.without = append(p.biased.without, leftOut(p.biased.all, hkh, a.inHKH, b.inHKH, n, a.groups, g).biased())
		p.debiased.without = append(p.debiased.without, leftOut(sum(u), u, a.inU, b.inU, n, a.groups, g).debiased())
	}
	return p
}

// sums are those over the samples that are kept: of the products of two matrices' entries, of the products of their rows' sums, and of all entries of each.
type sums struct{ n, products, rows, a, b float64 }

// leftOut are the sums without group g, of matrices whose rows sum to 0: of what is kept a row sums to what it has in the group, with the other sign.
func leftOut(all float64, products, inA, inB []float64, n, groups, g int) sums {
	s := sums{products: all}
	for i := range n {
		if i%groups == g {
			s.products += products[i*groups+g] - 2*sum(products[i*groups:(i+1)*groups])
			continue
		}
		s.n++
		ra, rb := -inA[i*groups+g], -inB[i*groups+g]
		s.rows += ra * rb
		s.a += ra
		s.b += rb
	}
	return s
}

// biased is <HKH, HMH> from matrices that need not be centred.
func (s sums) biased() float64 {
	return s.products - 2*s.rows/s.n + s.a*s.b/(s.n*s.n)
}

// debiased is HSIC₁ from matrices with zero diagonals: [tr(K̃M̃) + (1ᵀK̃1)(1ᵀM̃1)/((n-1)(n-2)) - 2/(n-2)·1ᵀK̃M̃1]/(n(n-3)) (Song et al. 2012, section 2.3).
func (s sums) debiased() float64 {
	return (s.products + s.a*s.b/((s.n-1)*(s.n-2)) - 2*s.rows/(s.n-2)) / (s.n * (s.n - 3))
}

func sum(values []float64) float64 {
	var total float64
	for _, v := range values {
		total += v
	}
	return total
}
