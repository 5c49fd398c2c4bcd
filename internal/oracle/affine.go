// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// AffineTikhonov solves ΦA = T for an identity coupling, Φ = [xC, 1] = [x, 1]·[C 0; 0 1], through its (d+1)-wide factor:
// [x, 1] S = T by IteratedTikhonov, then A = [C 0; 0 1]⁺ S. x is B × d and c is d × h; without bias the ones and the last
// row are left out. μ is scale times the mean diagonal entry of [x,1]ᵀ[x,1]. The filter acts on the singular values of
// [x, 1], which are not those of Φ, so the result differs from Tikhonov on Φ where the filter bites. It needs h >= d: the
// factor [C 0; 0 1] has full row rank only then.
func AffineTikhonov(x, c *mat.Dense, bias bool, scale float64, m int) Solver {
	return func(phi, t *mat.Dense) (*mat.Dense, Solved, error) {
		if d, h := c.Dims(); h < d {
			return nil, Solved{}, fmt.Errorf("oracle: the factor of an identity coupling has hidden %d, want at least %d", h, d)
		}
		left, right := mat.DenseCopyOf(x), mat.DenseCopyOf(c)
		if bias {
			left, right = withOnes(x), withCorner(c)
		}
		_, cols := left.Dims()
		norm := mat.Norm(left, 2)
		s, info, err := IteratedTikhonov(left, t, scale*norm*norm/float64(cols), m)
		if err != nil {
			return nil, info, fmt.Errorf("factor of an identity coupling: %w", err)
		}
		a, _, err := PseudoInverse(EpsCut)(right, s)
		if err != nil {
			return nil, info, err
		}
		info.Residual = residual(phi, a, t)
		return a, info, nil
	}
}

// withOnes returns [x, 1].
func withOnes(x *mat.Dense) *mat.Dense {
	rows, cols := x.Dims()
	out := mat.DenseCopyOf(x).Grow(0, 1).(*mat.Dense)
	for i := range rows {
		out.Set(i, cols, 1)
	}
	return out
}

// withCorner returns [c 0; 0 1].
func withCorner(c *mat.Dense) *mat.Dense {
	rows, cols := c.Dims()
	out := mat.NewDense(rows+1, cols+1, nil)
	out.Slice(0, rows, 0, cols).(*mat.Dense).Copy(c)
	out.Set(rows, cols, 1)
	return out
}
