// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// sweep carries one step from the target to the weights: down with the target, up with what is achieved.
type sweep struct {
	step    *Step
	trace   *model.Trace
	scale   *graph.Node // ‖v‖
	systems map[int]*factored
	targets []model.Stream // t_l at the output of block l; absent below the first block that changes
	pulled  *graph.Node    // DG(y1)[t1] of the top block, where its target was pulled back
	deltas  []model.Delta
	reports []CouplingReport
	omitted *graph.Node // no less than the norm of what the tangent that up returns leaves out, nil for nothing
}

// form forms the system of every coupling that changes. All Gram matrices are known after the forward pass.
func (w *sweep) form() []*normal {
	var systems []*normal
	for i, p := range w.trace.Points() {
		if w.step.solves(i / 2) {
			systems = append(systems, w.step.newNormal(i, p, frozenAt(w.step.vars, w.scale.Graph(), i)))
		}
	}
	return systems
}

// factor factors the systems.
func (w *sweep) factor(systems []*normal) {
	c, batch := w.step.vars.Config, w.trace.Logits.Shape().Dim(0)
	w.systems = factorAll(systems, w.step.opts.cutOf(c.DType, batch, c.Hidden))
}

// floor is the least of the λ that the systems are damped by at least, nil without damping: below it all are the same.
func (w *sweep) floor() *graph.Node {
	var floor *graph.Node
	for i := range w.trace.Points() {
		system := w.systems[i]
		if system == nil || system.floor == nil {
			continue
		}
		lambda := graph.ConvertDType(system.floor, w.scale.DType())
		if floor == nil {
			floor = lambda
		}
		floor = graph.Min(floor, lambda)
	}
	return floor
}

// pullBack fills targets from the top down to the first block that changes: t_{L-1} = v, t_{l-1} the inverse tangent of block l along t_l. The topmost
// one starts from u (B, K) and Uᵀ where v is u lifted, which saves a product with C.
func (w *sweep) pullBack(wanted *wanted) {
	top := len(w.trace.Blocks) - 1
	w.targets = make([]model.Stream, top+1)
	w.targets[top] = wanted.restV
	for l := top; l > 0 && w.step.anyChangeBelow(l); l-- {
		block, t := w.trace.Blocks[l], w.targets[l]
		if l < top {
			w.targets[l-1] = block.InverseTangent(t)
			continue
		}
		if wanted.lifted {
			w.pulled = block.G.TangentOfProduct(wanted.u, model.Split(w.trace.Net.LiftMatrix()).A)
		} else {
			w.pulled = block.G.Tangent(t.A)
		}
		w.targets[l-1] = block.InverseTangentWith(t, w.pulled)
	}
}

// up solves block by block from the bottom and returns what the whole change achieves at the top: JΔZ on the stream.
func (w *sweep) up() model.Stream {
	var s model.Stream
	for l := range w.trace.Blocks {
		if w.step.solves(l) {
			s = w.solveBlock(l, s)
		} else if s.A != nil {
			s = w.trace.Blocks[l].Tangent(s)
		}
	}
	return s
}

// solveBlock is block l of the sweep, s the tangent that arrives from below (absent: zero). With carrying, what block l is asked for is what the blocks up
// to it should have done together less what arrives:
//
//	T_F = (Σ_{j<=l} w_j) t1 - p1,  p1 = s1 + DF[s2];  ṗ1 = p1 + Φ_F ΔZ_F
//	T_G = (Σ_{j<=l} w_j) t2 - s2 - DG[ṗ1]
//
// where DG[ṗ1] is also the tangent that goes on upwards; ṗ1 is what F was asked for beside p1, less what it left. Without carrying, T_F = w_l t1 and T_G = w_l t2 - DG[Φ_F ΔZ_F].
func (w *sweep) solveBlock(l int, s model.Stream) model.Stream {
	block, t := w.trace.Blocks[l], w.targets[l]
	var p1 *graph.Node
	if s.A != nil {
		p1 = graph.Add(s.A, block.F.Tangent(s.B))
	}
	if !w.step.opts.Carry {
		return w.solveAlone(l, s, p1)
	}
	share := w.step.cumulative(l)
	f := w.solveCoupling(2*l, less(graph.MulScalar(t.A, share), p1))
	p1 = sum(p1, f.achieved)
	rest := sum(s.B, w.throughG(l, p1, f.left))
	g := w.solveCoupling(2*l+1, less(graph.MulScalar(t.B, share), rest))
	return model.Stream{A: p1, B: sum(rest, g.achieved)}
}

// solveAlone is solveBlock without carrying; p1 is the push of s through F.
func (w *sweep) solveAlone(l int, s model.Stream, p1 *graph.Node) model.Stream {
	block, t, share := w.trace.Blocks[l], w.targets[l], w.step.opts.Shares[l]
	f := w.solveCoupling(2*l, graph.MulScalar(t.A, share))
	own := block.G.Tangent(f.achieved)
	g := w.solveCoupling(2*l+1, less(graph.MulScalar(t.B, share), own))
	out := model.Stream{A: f.achieved, B: graph.Add(own, g.achieved)}
	if p1 == nil {
		return out
	}
	return out.Plus(model.Stream{A: p1, B: graph.Add(s.B, block.G.Tangent(p1))})
}

// solveCoupling solves for coupling i and notes what there is to report.
func (w *sweep) solveCoupling(i int, target *graph.Node) solution {
	system := w.systems[i]
	found := system.solve(target, w.scale)
	w.deltas[i] = found.delta
	w.reports = append(w.reports, CouplingReport{
		Name: model.CouplingName(i), Rank: system.spectrum.rank, SigmaMax: system.spectrum.sigmaMax, SigmaMin: system.spectrum.sigmaMin,
		Residual: found.residual, Refinements: found.refinements,
	})
	return found
}

// sum is a + b, and less a - b, where an absent operand stands for zero.
func sum(a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return graph.Add(a, b)
}

func less(a, b *graph.Node) *graph.Node {
	if b == nil {
		return a
	}
	return graph.Sub(a, b)
}
