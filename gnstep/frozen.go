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
