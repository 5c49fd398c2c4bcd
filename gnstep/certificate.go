// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// certify compares what a change achieves on the stream, JΔZ, with what was wanted, v, and JΔZ U with u (docs/mathematics.md, section 7).
func certify(trace *model.Trace, achieved, wanted model.Stream, u *graph.Node) Certificate {
	change := trace.Net.Readout(achieved)
	wantedNorm := graph.Sqrt(wanted.SquaredNorm())
	return Certificate{
		Stream:   dense.Ratio(graph.Sqrt(achieved.Minus(wanted).SquaredNorm()), wantedNorm),
		OnLogits: dense.Ratio(dense.Norm(graph.Sub(change, u)), dense.Norm(u)),
		Gain:     dense.Ratio(achieved.Dot(wanted), wanted.SquaredNorm()),
		Change:   change,
	}
}

// with adds what the target and the solver have to report.
func (c Certificate) with(clips, iterations *graph.Node, couplings []CouplingReport) Certificate {
	c.Clips, c.Iterations, c.Couplings = clips, iterations, couplings
	return c
}
