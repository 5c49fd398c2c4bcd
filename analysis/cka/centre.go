// SPDX-License-Identifier: Apache-2.0

package cka

import "fmt"

// leastSamples is the number of samples under which HSIC₁ has no value.
const leastSamples = 4

// Groups is the number of groups of samples whose leaving out gives standard errors: sample i belongs to group i mod Groups.
const Groups = 20

// Centred is a kernel matrix as comparisons read it: centred in both ways, HKH of the biased and U of the debiased estimate.
//
// With r_i the sum of row i without the diagonal and T the sum of them, U_ij = K_ij - r_i/(n-2) - r_j/(n-2) + T/((n-1)(n-2)) off the diagonal and 0 on it, and
// HSIC₁(K, M) = <U(K), U(M)>/(n(n-3)) (Székely and Rizzo 2014, arXiv 1310.2926), which is the formula that definitions give, without its cancellation.
type Centred struct {
	n, groups int
	k         []float64 // HKH, n x n
	shift     []float64 // U_ij = k_ij - shift_i - shift_j off the diagonal
	inHKH     []float64 // n x groups: the sum of row i over the samples of a group
	inU       []float64
	self      pair
}

// Centre prepares a kernel matrix of 4 samples or more for comparisons. groups is the number of groups for the jackknife, at most n/2 of them; 0 for none.
func Centre(g Gram, groups int) (*Centred, error) {
	n := g.N
	if n < leastSamples {
		return nil, fmt.Errorf("CKA of %d samples: want %d or more", n, leastSamples)
	}
	c := &Centred{n: n, groups: min(groups, n), k: doublyCentred(g), shift: make([]float64, n)}
	if n-(n+max(c.groups, 1)-1)/max(c.groups, 1) < leastSamples { // what is left without the largest group
		c.groups = 0
	}
	var total float64
	for i := range n {
		for j, v := range c.row(i) {
			if j != i {
				c.shift[i] += v
			}
		}
		total += c.shift[i]
	}
	m := float64(n)
	for i := range c.shift {
		c.shift[i] = c.shift[i]/(m-2) - total/(2*(m-1)*(m-2))
	}
	c.sumGroups()
	c.self = between(c, c)
	return c, nil
}

// doublyCentred is HKH, H = I - 11ᵀ/n.
func doublyCentred(g Gram) []float64 {
	n := g.N
	means, all := make([]float64, n), 0.0
	for i := range n {
		for _, v := range g.row(i) {
			means[i] += v / float64(n)
		}
		all += means[i] / float64(n)
	}
	k := make([]float64, n*n)
	for i := range n {
		for j, v := range g.row(i) {
			k[i*n+j] = v - means[i] - means[j] + all
		}
	}
	return k
}

// sumGroups fills in what a row sums to over each group.
func (c *Centred) sumGroups() {
	if c.groups == 0 {
		return
	}
	c.inHKH, c.inU = make([]float64, c.n*c.groups), make([]float64, c.n*c.groups)
	for i := range c.n {
		row := c.row(i)
		for j, v := range row {
			at := i*c.groups + j%c.groups
			c.inHKH[at] += v
			if i != j {
				c.inU[at] += v - c.shift[i] - c.shift[j]
			}
		}
	}
}

func (c *Centred) row(i int) []float64 { return c.k[i*c.n : (i+1)*c.n] }
