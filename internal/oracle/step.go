// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Options of a split step. The zero value of every field but Loss has a meaning.
type Options struct {
	Loss      string
	Curvature string    // "" is Identity
	Damping   float64   // λ of the damped curvature
	Weights   []float64 // w_l >= 0 with Σ w_l = 1, one a block; nil is the equal split 1/L
	Carry     bool      // push the shortfall of lower blocks up to those above
	Solver    Solver    // nil is PseudoInverse(EpsCut)
	// SolverFor, where set, chooses the solver of coupling c, whose input on the batch is in (B × d); nil leaves Solver.
	SolverFor func(c int, in *mat.Dense) Solver
}

// Step is a split Gauss-Newton step with everything that says what it is worth (docs/mathematics.md, sections 3 and 7).
type Step struct {
	DZ                []*mat.Dense // per coupling, (h+1) × d, or h × d without bias; the update is Z - α ΔZ
	Couplings         []Solved
	Loss              float64      // before the step
	U, V              *mat.Dense   // wanted change of logits (B × K) and of the stream (B × D), v = u Uᵀ
	JDZ, JDZLogits    *mat.Dense   // what the step does to first order, by the dense Jacobian
	Cert, CertLogits  float64      // ‖JΔZ - v‖/‖v‖ on the stream and on the logits
	Gain              float64      // <JΔZ, v>/‖v‖²
	Reconstruction    float64      // ‖inverse(forward(x)) - x‖/‖x‖
	Norm              float64      // ‖ΔZ‖ over all couplings
	Pulled, Requested []*mat.Dense // per block B × D: t_l and q_l
}

// SplitStep computes one step on x (B × D) with labels y (B).
func (n *Net) SplitStep(x *mat.Dense, y []int32, o Options) (*Step, error) {
	weights, err := n.checkStep(x, y, o)
	if err != nil {
		return nil, err
	}
	targets, err := OneHot(y, n.Classes)
	if err != nil {
		return nil, err
	}
	p := &pass{net: n, opts: o, trace: n.Trace(x), step: &Step{}}
	s := p.step
	if s.Loss, err = Loss(o.Loss, p.trace.Logits, targets); err != nil {
		return nil, err
	}
	curvature := o.Curvature
	if curvature == "" {
		curvature = Identity
	}
	if s.U, err = Target(o.Loss, curvature, p.trace.Logits, targets, o.Damping); err != nil {
		return nil, err
	}
	s.V = n.Lift(s.U)
	if err = p.pull(); err != nil {
		return nil, err
	}
	if err = p.push(weights); err != nil {
		return nil, err
	}
	n.certify(x, s)
	return s, nil
}

func (n *Net) checkStep(x *mat.Dense, y []int32, o Options) ([]float64, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	if err := checkDims("the batch", x, len(y), n.Width); err != nil {
		return nil, err
	}
	weights := o.Weights
	if weights == nil {
		for range n.Blocks {
			weights = append(weights, 1/float64(n.Blocks))
		}
	}
	sum, least := 0.0, 0.0
	for _, w := range weights {
		sum, least = sum+w, min(least, w)
	}
	if len(weights) != n.Blocks || least < 0 || !(math.Abs(sum-1) <= 1e-12) {
		return nil, fmt.Errorf("oracle: weights %v, want %d that are at least 0 and sum to 1", weights, n.Blocks)
	}
	return weights, checkLoss(o.Loss)
}

// certify fills in what the dense Jacobian and the inverse say about the step.
func (n *Net) certify(x *mat.Dense, s *Step) {
	rows, _ := x.Dims()
	stream, _ := n.DenseJacobian(x)
	p := mat.NewVecDense(n.Params(), n.Flatten(s.DZ))
	s.JDZ = mat.NewDense(rows, n.Width, nil)
	mat.NewVecDense(rows*n.Width, s.JDZ.RawMatrix().Data).MulVec(stream, p)
	s.JDZLogits = n.Readout(s.JDZ)
	s.Cert = Compare(s.JDZ, s.V).Rel
	s.CertLogits = Compare(s.JDZLogits, s.U).Rel
	s.Gain = ratio(dot(s.JDZ, s.V), dot(s.V, s.V))
	s.Norm = mat.Norm(p, 2)
	out, _ := n.Forward(x)
	s.Reconstruction = Compare(n.Inverse(out), x).Rel
}

func dot(a, b *mat.Dense) float64 {
	var prod mat.Dense
	prod.MulElem(a, b)
	return mat.Sum(&prod)
}
