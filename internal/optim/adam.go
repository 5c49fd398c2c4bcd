// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"errors"
	"path"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"revgn/gnstep"
	"revgn/model"
)

// newAdam is GoMLX's Adam with the weights' moments in the store from the start, so that they have their place on the devices before a graph reads them;
// left to itself it creates them while the first graph is built, whole on every device.
func newAdam(vars *model.Variables, o Options, decay float64) (func(lr *graph.Node, gradients []model.Delta), error) {
	for _, named := range vars.Trained() {
		v := named.Variable
		for _, moment := range []string{"_1st_moment", "_2nd_moment"} {
			// The names that gomlx v0.28.2 gives them (ml/train/optimizer/adam.go, getMomentVariables).
			name := path.Join(gnstep.StateScope, v.Path()+moment)
			if vars.Store.GetVariable(name) != nil {
				continue
			}
			created, err := vars.Store.CreateVariable(name, tensors.FromShape(v.Shape()))
			if err != nil {
				return nil, err
			}
			created.SetTrainable(false)
		}
	}
	adam, ok := optimizer.Adam().Scope(strings.Trim(gnstep.StateScope, "/")).Betas(o.Beta1, o.Beta2).Epsilon(o.Eps).WeightDecay(decay).Done().(train.OptimizeWithGradients)
	if !ok {
		return nil, errors.New("this GoMLX's Adam takes no gradients")
	}
	return func(lr *graph.Node, gradients []model.Delta) {
		adam.UpdateGraphWithGradients(vars.Store.RootScope(), inStore(vars, lr.Graph(), gradients), vars.Config.DType)
	}, nil
}
