// SPDX-License-Identifier: Apache-2.0

package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/optim"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// Five steps against the plain iteration on the whole Z in float64: with a bias and without, a tall Z and a wide one, decay and none. Step three has rate
// zero: it leaves the weights, but not the momentum.
func TestMuonFollowsThePlainIteration(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct {
			problem string
			decay   float64
			dtype   dtypes.DType
		}{
			{"paper", 0.1, dtypes.Float32}, {"paper", 0.1, dtypes.Float64},
			{"leaky ReLU", 0, dtypes.Float32}, {"leaky ReLU", 0.1, dtypes.Float64},
			{"identity block narrower than its half", 0, dtypes.Float64},
		} {
			t.Run(fmt.Sprintf("%s/%s/decay %g", tt.problem, tt.dtype, tt.decay), func(t *testing.T) {
				problem.LeaveToGo(t, b, testing.Short() && tt.dtype == dtypes.Float64)
				followMuon(t, b, problem.Named(tt.problem).In(t, tt.dtype), tt.decay)
			})
		}
	})
}

func followMuon(t *testing.T, b *backend.Backend, c *problem.Case, decay float64) {
	o := optim.DefaultOptions(optim.Muon)
	o.Loss, o.WeightDecay = c.Loss, decay
	rig := steppertest.NewRig(t, b, c, maker(o))
	references := make([]oracle.Muon, c.Net.Couplings())
	for k := range references {
		references[k] = oracle.Muon{Momentum: o.Momentum, Decay: decay}
	}
	// PyTorch's factor for a layer of as many outputs as Z has columns and as many inputs as it has rows.
	scale := math.Sqrt(max(1, float64(c.Net.Half())/float64(c.Net.Rows())))
	batches := []*mat.Dense{c.X, c.Gaussian(50, c.Rows, c.Width)}
	net := c.Net
	for i, lr := range []float64{0.05, 0.02, 0, 0.1, 0.01} {
		x := batches[i%2]
		rig.Step(t, x, c.Y, lr)
		gradient, weights := gradientOf(t, net, x, c), weightsOf(net)
		for k := range weights {
			weights[k] = references[k].Step(weights[k], gradient[k], lr, scale)
		}
		net = at(net, weights)
		now := problem.OracleNet(t, c.Vars)
		for k := range weights {
			problem.Check(t, fmt.Sprintf("%s after step %d", oracle.CouplingName(k), i+1), problem.Orthogonal, c.Config.DType, now.Z(k), net.Z(k))
		}
	}
}
