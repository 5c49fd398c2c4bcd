// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// pass is the work of one SplitStep.
type pass struct {
	net   *Net
	opts  Options
	trace *Trace
	step  *Step
}

// pull fills Step.Pulled: t_{L-1} = v and t_{l-1} = J_l⁻¹ t_l, with the dense Jacobian J_l of block l at every sample.
func (p *pass) pull() error {
	n := p.net
	p.step.Pulled = make([]*mat.Dense, n.Blocks)
	t := p.step.V
	for l := n.Blocks - 1; l >= 0; l-- {
		p.step.Pulled[l] = t
		var err error
		if t, err = solveRows(n.BlockJacobian(l, p.trace.Streams[l]), t); err != nil {
			return fmt.Errorf("oracle: pull-back through block %d: %w", l, err)
		}
	}
	return nil
}

// push asks the blocks for their shares from the first to the last: q_l = w_l t_l, or with carrying
// q_l = (Σ_{j<=l} w_j) t_l - p, where p is what the blocks below have achieved, pushed through block l.
func (p *pass) push(weights []float64) error {
	n := p.net
	rows, _ := p.step.V.Dims()
	achieved := mat.NewDense(rows, n.Width, nil)
	sum := 0.0
	for l := range n.Blocks {
		pushed := applyRows(n.BlockJacobian(l, p.trace.Streams[l]), achieved)
		sum += weights[l]
		var q mat.Dense
		if p.opts.Carry {
			q.Scale(sum, p.step.Pulled[l])
			q.Sub(&q, pushed)
		} else {
			q.Scale(weights[l], p.step.Pulled[l])
		}
		r, err := p.realise(l, &q)
		if err != nil {
			return err
		}
		achieved.Add(pushed, r)
	}
	return nil
}

// realise solves for both couplings of block l so that its output moves by q (B × D), and returns the r (B × D) by which
// it does: ΔZ_F = Φ_F⁺q1, r1 = Φ_F ΔZ_F, ΔZ_G = Φ_G⁺(q2 - DG(y1)[r1]), r2 = DG(y1)[r1] + Φ_G ΔZ_G.
func (p *pass) realise(l int, q *mat.Dense) (*mat.Dense, error) {
	f, g := 2*l, 2*l+1
	q1, q2 := halves(q)
	r1, err := p.solve(f, q1)
	if err != nil {
		return nil, err
	}
	dg := applyRows(p.net.BranchJacobian(g, p.trace.Inputs[g]), r1)
	var rest mat.Dense
	rest.Sub(q2, dg)
	r2, err := p.solve(g, &rest)
	if err != nil {
		return nil, err
	}
	r2.Add(dg, r2)
	p.step.Requested = append(p.step.Requested, q)
	return join(r1, r2), nil
}

// solve appends ΔZ_c for Φ_c ΔZ_c = t (B × d) and returns Φ_c ΔZ_c (B × d).
func (p *pass) solve(c int, t *mat.Dense) (*mat.Dense, error) {
	solver := p.opts.Solver
	if p.opts.SolverFor != nil {
		if s := p.opts.SolverFor(c, p.trace.Inputs[c]); s != nil {
			solver = s
		}
	}
	if solver == nil {
		solver = PseudoInverse(EpsCut)
	}
	a, info, err := solver(p.trace.Phi[c], t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CouplingName(c), err)
	}
	p.step.DZ = append(p.step.DZ, a)
	p.step.Couplings = append(p.step.Couplings, info)
	var r mat.Dense
	r.Mul(p.trace.Phi[c], a)
	return &r, nil
}
