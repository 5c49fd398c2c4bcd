// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Comparison is how far a matrix is from the one wanted.
type Comparison struct {
	Rel       float64 // ‖got - want‖_F / ‖want‖_F; ‖got‖_F where want is zero; NaN or Inf where an entry is not finite
	Row, Col  int     // the entry of the largest |got - want|, or the first one that is not finite
	Got, Want float64 // at that entry
	Problem   string  // "" or why the two could not be compared; Rel is then NaN
}

// Compare measures got against want in the Frobenius norm.
func Compare(got, want *mat.Dense) Comparison {
	gr, gc := got.Dims()
	wr, wc := want.Dims()
	if gr != wr || gc != wc {
		return Comparison{Rel: math.NaN(), Problem: fmt.Sprintf("got (%d, %d), want (%d, %d)", gr, gc, wr, wc)}
	}
	var c Comparison
	var diff, norm, worst float64
	for i := range gr {
		for j := range gc {
			g, w := got.At(i, j), want.At(i, j)
			e := math.Abs(g - w)
			if math.IsNaN(e) || math.IsInf(e, 0) {
				return Comparison{Rel: e, Row: i, Col: j, Got: g, Want: w}
			}
			if e >= worst {
				worst, c.Row, c.Col, c.Got, c.Want = e, i, j, g, w
			}
			diff, norm = math.Hypot(diff, e), math.Hypot(norm, w)
		}
	}
	c.Rel = diff
	if norm > 0 {
		c.Rel = diff / norm
	}
	return c
}

// Within says whether the relative difference is at most tol; what is not finite never is.
func (c Comparison) Within(tol float64) bool { return c.Rel <= tol }

func (c Comparison) String() string {
	if c.Problem != "" {
		return c.Problem
	}
	return fmt.Sprintf("relative difference %.3g, worst at (%d, %d): got %.9g, want %.9g", c.Rel, c.Row, c.Col, c.Got, c.Want)
}

// CompareAll compares two lists of matrices entry by entry and returns the worst comparison with its index.
func CompareAll(got, want []*mat.Dense) (worst Comparison, index int) {
	if len(got) != len(want) {
		return Comparison{Rel: math.NaN(), Problem: fmt.Sprintf("got %d matrices, want %d", len(got), len(want))}, -1
	}
	for i := range got {
		// Written so that a NaN counts as worst and stays it.
		if c := Compare(got[i], want[i]); i == 0 || (!math.IsNaN(worst.Rel) && !(c.Rel <= worst.Rel)) {
			worst, index = c, i
		}
	}
	return worst, index
}

// Dense returns a rows × cols matrix from row-major data of either float type.
func Dense[T float32 | float64](rows, cols int, data []T) *mat.Dense {
	return mat.NewDense(rows, cols, widen(data))
}

func widen[T float32 | float64 | int32 | int64 | uint8](in []T) []float64 {
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = float64(v)
	}
	return out
}
