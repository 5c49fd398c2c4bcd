// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/dense"
	"revgn/model"
)

// frozenNodes are Lᵀ and L⁻ᵀ for the factor of CCᵀ = LLᵀ of an identity coupling, (d, d) Float64: transposed, because products with them as they lie are faster.
type frozenNodes struct {
	upper, inverse *graph.Node
}

// frozenNames are the names of the factors in the store, in the order of frozenNodes.
var frozenNames = [2]string{"upper", "inverse"}

// frozenScope is where they lie in the store. They follow from C, so checkpoints leave them out.
const frozenScope = "/gnstep/"

func frozenPath(coupling int, name string) string {
	return fmt.Sprintf("%s%s/%s", frozenScope, model.CouplingName(coupling), name)
}

// freeze factors CCᵀ of every identity coupling once. The product runs on the backend, in Float64; the d x d factorisation on the host.
func freeze(backend compute.Backend, vars *model.Variables) error {
	product, err := graph.NewExec(backend, func(c *graph.Node) *graph.Node {
		c = graph.ConvertDType(c, dtypes.Float64)
		return dense.TimesTransposed(c, c)
	})
	if err != nil {
		return err
	}
	defer product.Finalize()
	values, err := vars.Values()
	if err != nil {
		return err
	}
	for i := range vars.Config.Couplings() {
		name := model.CouplingName(i)
		if formOf(vars.Config, i, 1) != identityForm || vars.Store.GetVariable(frozenPath(i, frozenNames[0])) != nil {
			continue
		}
		square, err := product.Call1(values[name+".C"])
		if err != nil {
			return err
		}
		if err := storeFactors(vars.Store, i, square); err != nil {
			return fmt.Errorf("coupling %s: %w", name, err)
		}
	}
	return nil
}

func storeFactors(store *gomlx.Store, coupling int, square *tensors.Tensor) error {
	d := square.Shape().Dim(0)
	flat, err := tensors.CopyFlatData[float64](square)
	if err != nil {
		return err
	}
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(d, flat)) {
		return fmt.Errorf("CCᵀ is not positive definite, so the frozen projection C (%d rows) has dependent rows: use a larger hidden size", d)
	}
	var l, inverse mat.TriDense
	chol.LTo(&l)
	if err := inverse.InverseTri(&l); err != nil {
		return fmt.Errorf("inverting the factor of CCᵀ: %w", err)
	}
	for i, m := range []*mat.TriDense{&l, &inverse} {
		value := tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(m.T()).RawMatrix().Data, d, d)
		variable, err := store.CreateVariable(frozenPath(coupling, frozenNames[i]), value)
		if err != nil {
			return err
		}
		variable.SetTrainable(false)
	}
	return nil
}

// frozenAt returns the factors as nodes of g; zero for a coupling that has none.
func frozenAt(vars *model.Variables, g *graph.Graph, coupling int) frozenNodes {
	upper := vars.Store.GetVariable(frozenPath(coupling, frozenNames[0]))
	if upper == nil {
		return frozenNodes{}
	}
	return frozenNodes{upper.NodeValue(g), vars.Store.GetVariable(frozenPath(coupling, frozenNames[1])).NodeValue(g)}
}

// normName is the name in the store of a bound on ‖C‖₂, a scalar.
const normName = "norm"

// normSquarings is how often CCᵀ is squared on the way to it. With S = (CCᵀ)^16, ‖C‖₂ <= ‖S‖^(1/32), at most 10 % too much for d = 400.
const normSquarings = 4

// freezeNorm bounds ‖C‖₂ of the topmost coupling once, from above.
func freezeNorm(backend compute.Backend, vars *model.Variables) error {
	last := vars.Config.Couplings() - 1
	if vars.Store.GetVariable(frozenPath(last, normName)) != nil {
		return nil
	}
	norm, err := graph.NewExec(backend, spectralBound)
	if err != nil {
		return err
	}
	defer norm.Finalize()
	values, err := vars.Values()
	if err != nil {
		return err
	}
	bound, err := norm.Call1(values[model.CouplingName(last)+".C"])
	if err != nil {
		return err
	}
	variable, err := vars.Store.CreateVariable(frozenPath(last, normName), bound)
	if err != nil {
		return err
	}
	variable.SetTrainable(false)
	return nil
}

// spectralBound is no less than ‖c‖₂ for c (d, h), Float64. With S_0 = ccᵀ and n_k = ‖S_k‖, S_{k+1} = (S_k/n_k)², the norm of S_0 is at most Π n_k^(1/2^k). A
// thousandth is added for the rounding of it all.
func spectralBound(c *graph.Node) *graph.Node {
	s, power := dense.TimesTransposed(c, c), 1.
	var log *graph.Node
	for range normSquarings + 1 {
		n := dense.Norm(s)
		log = sum(log, graph.MulScalar(graph.Log(graph.ConvertDType(n, dtypes.Float64)), power))
		s, power = graph.Div(s, n), power/2
		s = graph.MatMul(s, s)
	}
	return graph.MulScalar(graph.Exp(graph.MulScalar(log, 0.5)), 1.001)
}

// normAt returns the bound on ‖C‖₂ in the dtype, as a node of g.
func normAt(vars *model.Variables, g *graph.Graph, coupling int, dtype dtypes.DType) *graph.Node {
	return graph.ConvertDType(vars.Store.GetVariable(frozenPath(coupling, normName)).NodeValue(g), dtype)
}
