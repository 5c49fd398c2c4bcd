// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
	"revgn/model"
)

// drawn calls fn for every problem in both dtypes, without a backend.
func drawn(t *testing.T, fn func(t *testing.T, n *network)) {
	for _, p := range Problems() {
		for _, dtype := range []dtypes.DType{dtypes.Float64, dtypes.Float32} {
			t.Run(p.Name+" "+dtypeName(dtype), func(t *testing.T) {
				n, err := draw(p, dtype)
				if err != nil {
					t.Fatal(err)
				}
				fn(t, n)
			})
		}
	}
}

// The table covers what Problems says, and the quick subset still asks every check.
func TestTableCovers(t *testing.T) {
	var have []string
	for _, p := range Problems() {
		have = append(have, fmt.Sprint("L=", p.Blocks), string(p.Loss), fmt.Sprint("bias ", p.Bias), fmt.Sprint("carry ", !p.Plain))
		for _, a := range p.activations() {
			have = append(have, string(a))
		}
		for l := range p.Blocks {
			if p.Shares != nil && p.Shares[l] == 1 {
				have = append(have, fmt.Sprint("all on ", l+1, " of ", p.Blocks))
			}
		}
		features := p.Config(dtypes.Float64).FeatureCount()
		have = append(have, fmt.Sprint("B against h+1 ", int(math.Copysign(1, float64(p.Batch-features)))*min(1, max(p.Batch-features, features-p.Batch))))
	}
	want := []string{
		"L=1", "L=2", "L=3", "L=4", "L=5", "L=6", "bias true", "bias false", "carry true", "carry false", "all on 1 of 5", "all on 4 of 4",
		"B against h+1 -1", "B against h+1 0", "B against h+1 1", string(model.CrossEntropy), string(model.SquaredError),
	}
	for _, a := range model.Activations() {
		want = append(want, string(a))
	}
	for _, w := range want {
		if !slices.Contains(have, w) {
			t.Errorf("no problem has %s", w)
		}
	}
	for _, c := range checks() {
		if !slices.ContainsFunc(quick(Problems()), c.asks) {
			t.Errorf("the quick subset does not ask %q", c.name)
		}
	}
}

// A problem is declared Exact if the oracle's step by pseudo-inverses is, and then Φ of the couplings that decide it has rank B above the filter's level.
func TestExactIsDeclaredRightly(t *testing.T) {
	drawn(t, func(t *testing.T, n *network) {
		p := n.problem
		step, err := n.net.SplitStep(n.x, n.y, oracle.Options{Loss: string(p.Loss), Weights: p.Shares, Carry: !p.Plain})
		if err != nil {
			t.Fatal(err)
		}
		if exact := step.Cert <= 1e-9; exact != p.Exact {
			t.Errorf("the oracle's certificate is %g, but Exact is %v", step.Cert, p.Exact)
		}
		o, singular := &observation{network: n}, false
		for c, phi := range n.net.Trace(n.x).Phi {
			decides := c/2 == p.Blocks-1 || p.Plain
			singular = singular || decides && step.Couplings[c].SigmaMin*step.Couplings[c].SigmaMin < 100*o.mu(phi, c)
			if p.in(n.dtype).Exact && decides {
				if s := step.Couplings[c]; s.SigmaMin*s.SigmaMin <= o.mu(phi, c) {
					t.Errorf("%s: σmin² = %g is not above the filter's μ = %g", oracle.CouplingName(c), s.SigmaMin*s.SigmaMin, o.mu(phi, c))
				}
			}
		}
		if p.in(n.dtype).Singular && !singular {
			t.Errorf("no deciding coupling lies near the filter's level, but Singular is declared")
		}
	})
}

// No argument of a kinked activation is so near its kink that rounding or a central difference crosses it.
func TestNothingSitsOnAKink(t *testing.T) {
	drawn(t, func(t *testing.T, n *network) {
		if n.problem.smooth() {
			return
		}
		trace := n.net.Trace(n.x)
		for c, in := range trace.Inputs {
			if a := n.vars.Config.ActivationOf(c); a != model.ReLU && a != model.LeakyReLU {
				continue
			}
			var pre mat.Dense
			pre.Mul(in, n.net.C[c])
			nearest := math.Inf(1)
			for _, v := range oracle.Vec(&pre) {
				nearest = min(nearest, math.Abs(v))
			}
			if nearest < 1e-5 {
				t.Errorf("%s: an argument lies %g from the kink", oracle.CouplingName(c), nearest)
			}
		}
	})
}

// Every tolerance has a source, and no residual in Float64 has more than 1e-9.
func TestTolerances(t *testing.T) {
	for _, c := range checks() {
		tol, ok := tolerances()[c.op]
		if !ok || tol.Source == "" {
			t.Errorf("%q has no tolerance, or one without a source", c.name)
		}
		if free := c.op == Rate || c.op == Spectrum || c.op == Unseen; !free && tol.F64 > 1e-9 {
			t.Errorf("%q may be off by %g in Float64", c.name, tol.F64)
		}
	}
	if tolerances()[Realised].F32 > 1e-4 {
		t.Error("a step in Float32 may be off by more than 1e-4")
	}
}
