// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math/rand/v2"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// powerSteps is the number of products with the matrix, and with its inverse, behind the estimates of σmax and σmin: n² operations each.
const powerSteps = 10

// spectrum is what a step reports of Φ's singular values, scalars of the system's dtype.
type spectrum struct {
	rank               *graph.Node // Σ σ²/(σ²+μ)
	sigmaMax, sigmaMin *graph.Node
}

// spectraOf estimates the spectra of n systems from the matrices m (n, k, k), the inverse factors of m + μI, and μ (n). The rank, the trace of the filter,
// is exact: k - μ‖L⁻¹‖². The largest eigenvalue comes from power iteration, the smallest from inverse iteration.
func spectraOf(m, inverse, mu *graph.Node) []spectrum {
	n, k := m.Shape().Dim(0), m.Shape().Dim(1)
	start := startVectors(m.Graph(), m.Shape())
	top, bottom := start, start
	for range powerSteps {
		top = unit(dense.Times(m, top))
		bottom = unit(dense.SolveWith(inverse, bottom))
	}
	largest := rayleigh(top, dense.Times(m, top))
	smallest := graph.Sub(graph.Reciprocal(rayleigh(bottom, dense.SolveWith(inverse, bottom))), mu)
	dropped := graph.Mul(mu, graph.ReduceSum(graph.Square(inverse), 1, 2))
	out := make([]spectrum, n)
	for i := range out {
		top := graph.Sqrt(dense.Item(largest, i))
		out[i] = spectrum{
			rank:     graph.AddScalar(graph.Neg(dense.Item(dropped, i)), float64(k)),
			sigmaMax: top,
			sigmaMin: graph.Min(top, graph.Sqrt(graph.Max(dense.Item(smallest, i), dense.Item(mu, i)))),
		}
	}
	return out
}

// startVectors is the same fixed Gaussian vector (n, k, 1) for every matrix, so that a step is a function of its inputs alone.
func startVectors(g *graph.Graph, of shapes.Shape) *graph.Node {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]float64, of.Dim(1))
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	node := graph.ConvertDType(graph.Const(g, v), of.DType)
	return graph.BroadcastToDims(graph.Reshape(node, 1, of.Dim(1), 1), of.Dim(0), of.Dim(1), 1)
}

// unit scales each vector of v (n, k, 1) to length 1 and leaves one of zeros.
func unit(v *graph.Node) *graph.Node {
	return graph.Div(v, dense.OrOne(graph.Sqrt(reduceKeep(graph.Square(v), 1))))
}

// rayleigh is vᵀ(Mv) for unit vectors v, (n).
func rayleigh(v, mv *graph.Node) *graph.Node {
	return graph.ReduceSum(graph.Mul(v, mv), 1, 2)
}

func reduceKeep(a *graph.Node, axis int) *graph.Node {
	return graph.ExpandAxes(graph.ReduceSum(a, axis), axis)
}
