// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// familyTolerance is how near JΔZ must be to v, or to the projection that the oracle finds, in float64.
const familyTolerance = 1e-9

// largestCondition is that of the J of these problems. Kernel and Gram matrices square it, and the truncated inverse tells eigenvalues from zero down to 1e-10
// of the largest, which is a σ of 1e-5.
const largestCondition = 1e5

// regime is a batch below, at or above the rank of the top block's features; there are fewer parameters than logits in the last one.
type regime struct {
	name         string
	hidden, rows int
}

func regimes() []regime { return []regime{{"below", 24, 12}, {"at", 15, 16}, {"above", 3, 72}} }

// member is a right inverse of the family for L blocks: shares of the split, and how much of the minimum norm is mixed in.
type member struct {
	name   string
	shares []float64
	tau    float64
}

func members(blocks int) []member {
	uneven, sum := make([]float64, blocks), 0.
	for l := range uneven {
		uneven[l] = 1 + math.Mod(float64(3*l+2), 5)
		sum += uneven[l]
	}
	for l := range uneven {
		uneven[l] /= sum
	}
	return []member{
		{"split", gnstep.EqualShares(blocks), 0}, {"last", gnstep.LastShare(blocks), 0}, {"first", gnstep.FirstShare(blocks), 0}, {"weights", uneven, 0},
		{"mix", gnstep.EqualShares(blocks), 0.3}, {"min-norm", gnstep.EqualShares(blocks), 1},
	}
}

// For 1 to 6 blocks, a batch below, at and above the rank, and each loss: every member of the family gives JΔZ = v on the batch, or the projection of v that it
// can reach, which the oracle finds by dense singular value decompositions.
func TestWholeFamilyAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for blocks := 1; blocks <= 6; blocks++ {
			for _, at := range regimes() {
				for _, loss := range model.Losses() {
					t.Run(fmt.Sprintf("%d blocks/%s/%s", blocks, at.name, loss), func(t *testing.T) {
						problem.LeaveToGo(t, b, blocks != 2 || at.name != "above" || loss != model.CrossEntropy || testing.Short())
						if testing.Short() && blocks > 2 {
							t.Skip("a deep network: left out in -short")
						}
						checkMembers(t, b, familyProblem(blocks, at, loss))
					})
				}
			}
		}
	})
}

// familyProblem has an identity block below the others, as in the paper; alone, a block is not one. A leaky ReLU has no feature that is zero on the whole
// batch, which would take a rank from the batch that is meant to be at it.
func familyProblem(blocks int, at regime, loss model.Loss) problem.Problem {
	p := problem.Problem{
		Name: at.name, Width: 8, Blocks: blocks, Hidden: at.hidden, Classes: 3, First: model.Identity, Act: model.LeakyReLU, Bias: true,
		Loss: loss, Rows: at.rows, Seed: uint64(57*blocks + at.rows),
	}
	if blocks == 1 {
		p.First = model.LeakyReLU
	}
	return p
}

func checkMembers(t *testing.T, b *backend.Backend, p problem.Problem) {
	t.Helper()
	drawn := p.In(t, dtypes.Float64)
	_, z := drawn.Net.Forward(drawn.X)
	u, err := oracle.Target(string(p.Loss), oracle.Identity, z, drawn.Targets(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	least := reachedByMinNorm(t, drawn, u)
	for _, m := range members(p.Blocks) {
		o := split(p)
		o.Shares = m.shares
		switch {
		case m.tau == 1:
			o.Inverse = gnstep.MinNorm
		case m.tau > 0:
			o.Inverse, o.Tau = gnstep.Mix, m.tau
		}
		s := take(t, b, p.In(t, dtypes.Float64), o)
		stream, logits := s.before.Tangent(s.X, s.change)
		if m.tau < 1 {
			want, err := s.before.SplitStep(s.X, s.Y, oracle.Options{Loss: string(p.Loss), Weights: m.shares, Carry: true})
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != "above" && !(want.Cert <= familyTolerance) {
				t.Fatalf("%s: the oracle's own certificate is %g", m.name, want.Cert)
			}
			if m.tau == 0 {
				within(t, m.name+": JΔZ on the stream", stream, want.JDZ, want.V)
			}
			within(t, m.name+": JΔZ on the logits", logits, blend(want.JDZLogits, least, m.tau), u)
			continue
		}
		within(t, m.name+": JΔZ on the logits", logits, least, u)
	}
}

// reachedByMinNorm is JJ⁺u for the dense J, u itself where the parameters suffice.
func reachedByMinNorm(t *testing.T, c *problem.Case, u *mat.Dense) *mat.Dense {
	t.Helper()
	change, dense, err := c.Net.MinNorm(c.X, u)
	if err != nil {
		t.Fatal(err)
	}
	if condition := dense.SigmaMax / dense.SigmaMin; condition > largestCondition {
		t.Fatalf("J has condition %.3g, above %g: draw another problem", condition, largestCondition)
	}
	_, reached := c.Net.Tangent(c.X, change)
	if off := oracle.Compare(reached, u).Rel; c.Name != "above" && !(off <= familyTolerance) || c.Name == "above" && off < 0.01 {
		t.Fatalf("the oracle's minimum norm is %g off u", off)
	}
	return reached
}

func blend(a, b *mat.Dense, tau float64) *mat.Dense {
	var x, y mat.Dense
	x.Scale(1-tau, a)
	y.Scale(tau, b)
	x.Add(&x, &y)
	return &x
}

// within reports a difference above familyTolerance, relative to the norm of scale.
func within(t *testing.T, what string, got, want, scale *mat.Dense) {
	t.Helper()
	var off mat.Dense
	off.Sub(got, want)
	if rel := mat.Norm(&off, 2) / mat.Norm(scale, 2); !(rel <= familyTolerance) {
		t.Errorf("%s: off by %.3g, want at most %g", what, rel, familyTolerance)
	}
}
