// SPDX-License-Identifier: Apache-2.0

package optim_test

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/optim"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// The baselines follow the gradient of the tied network, Jᵀε/B with its own dense Jacobian.
func TestBaselinesOnAnchoredNetworks(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			for _, kind := range []optim.Kind{optim.SGD, optim.Adam} {
				t.Run(fmt.Sprintf("%s/%s", p.Name, kind), func(t *testing.T) {
					problem.LeaveToGo(t, b, kind != optim.SGD || !p.Linearised || testing.Short())
					followAnchored(t, b, p.In(t, dtypes.Float64), kind)
				})
			}
		}
	})
}

func followAnchored(t *testing.T, b *backend.Backend, c *problem.Case, kind optim.Kind) {
	t.Helper()
	o := optim.DefaultOptions(kind)
	o.Loss, o.Eps = c.Loss, 1e-4
	reference := &oracle.Optimizer{Kind: string(kind), Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps}
	rig := steppertest.NewRig(t, b, c, maker(o))
	net := c.Net
	for range 2 {
		rig.Step(t, c.X, c.Y, 1e-3)
		z := flattened(net)
		if err := reference.Step(z, gradient(t, net, c), 1e-3); err != nil {
			t.Fatal(err)
		}
		net = problem.OracleNet(t, c.Vars)
		problem.Check(t, "weights", problem.Update, dtypes.Float64, mat.NewDense(1, len(z), flattened(net)), mat.NewDense(1, len(z), z))
	}
}

// gradient is that of the mean loss by all weights, in the order of oracle.Net.Flatten.
func gradient(t *testing.T, net *oracle.Net, c *problem.Case) []float64 {
	t.Helper()
	_, logits := net.Forward(c.X)
	residual, err := oracle.Gradient(string(c.Loss), logits, c.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	_, jacobian := net.DenseJacobian(c.X)
	var out mat.VecDense
	out.MulVec(jacobian.T(), mat.NewVecDense(c.Rows*c.Classes, oracle.Vec(residual)))
	out.ScaleVec(1/float64(c.Rows), &out)
	return out.RawVector().Data
}

func flattened(net *oracle.Net) []float64 {
	var all []*mat.Dense
	for k := range net.Couplings() {
		all = append(all, net.Z(k))
	}
	return net.Flatten(all)
}
