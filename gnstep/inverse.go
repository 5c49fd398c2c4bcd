// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// Inverse names a family of right inverses of J: all give the batch the change that is wanted and differ off it (docs/mathematics.md, section 5).
type Inverse string

const (
	// Split spreads the change over the blocks with the weights of Options.Shares. It holds the stream, which is stricter than holding the logits.
	Split Inverse = "split"
	// MinNorm is the change of least norm that holds the logits, the Moore-Penrose step.
	MinNorm Inverse = "min-norm"
	// Mix is (1-τ) of the split and τ of the minimum norm.
	Mix Inverse = "mix"
)

// Inverses lists the families there are.
func Inverses() []Inverse { return []Inverse{Split, MinNorm, Mix} }

func (i Inverse) validate(tau float64) error {
	switch {
	case i == Mix && !(tau >= 0 && tau <= 1):
		return fmt.Errorf("mix %g: must lie between 0 (the split) and 1 (the minimum norm)", tau)
	case i == Split || i == MinNorm || i == Mix:
		return nil
	}
	names := make([]string, 0, len(Inverses()))
	for _, known := range Inverses() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown inverse %q (allowed: %s)", string(i), strings.Join(names, ", "))
}

// split solves block by block and returns the tangent that its sweep ends with.
func (s *Step) split(trace *model.Trace, w *wanted) (deltas []model.Delta, achieved model.Stream, found findings) {
	sw := s.newSweep(trace, w)
	sw.factor(sw.form())
	sw.pullBack(w)
	achieved = sw.up()
	return sw.deltas, achieved, findings{couplings: sw.reports, floor: sw.floor(), omitted: sw.omitted}
}

func (s *Step) newSweep(trace *model.Trace, w *wanted) *sweep {
	return &sweep{step: s, trace: trace, scale: graph.DivScalar(dense.Norm(w.u), trace.Net.OutputScale()), deltas: make([]model.Delta, 2*len(trace.Blocks))}
}

// mixed is (1-τ)a + τb of every coupling.
func mixed(a, b []model.Delta, tau float64) []model.Delta {
	blend := func(x, y *graph.Node) *graph.Node {
		switch {
		case y == nil:
			return nil
		case x == nil:
			return graph.MulScalar(y, tau)
		}
		return graph.Add(graph.MulScalar(x, 1-tau), graph.MulScalar(y, tau))
	}
	out := make([]model.Delta, len(a))
	for i := range out {
		out[i] = model.Delta{W: blend(a[i].W, b[i].W), Bias: blend(a[i].Bias, b[i].Bias)}
	}
	return out
}
