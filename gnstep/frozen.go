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

// frozenNodes are the factors of CCᵀ = LLᵀ of an identity coupling, (d, d) Float64.
type frozenNodes struct {
	l, inverse *graph.Node
}

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
		if formOf(vars.Config, i, 1) != identityForm || vars.Store.GetVariable(frozenPath(i, "L")) != nil {
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
	for name, m := range map[string]*mat.TriDense{"L": &l, "inverse": &inverse} {
		value := tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(m).RawMatrix().Data, d, d)
		variable, err := store.CreateVariable(frozenPath(coupling, name), value)
		if err != nil {
			return err
		}
		variable.SetTrainable(false)
	}
	return nil
}

// frozenAt returns the factors as nodes of g; zero for a coupling that has none.
func frozenAt(vars *model.Variables, g *graph.Graph, coupling int) frozenNodes {
	l := vars.Store.GetVariable(frozenPath(coupling, "L"))
	if l == nil {
		return frozenNodes{}
	}
	return frozenNodes{l.NodeValue(g), vars.Store.GetVariable(frozenPath(coupling, "inverse")).NodeValue(g)}
}
