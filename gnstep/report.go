// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Report is an Outcome on the host.
type Report struct {
	Loss, Accuracy, StepNorm float64
	Finite                   bool
	Certified                bool // whether the step carries a certificate; the fields below are zero if not
	Cert, CertLogits, Gain   float64
	Clips                    float64 // entries of u that were cut at the bound that the curvature states
	Iterations               float64 // of the solver for the whole kernel; 0 where couplings are solved one by one
	Couplings                []CouplingNumbers

	Trusted              bool // whether the step watches the loss; the fields below are zero if not
	Accepted             bool // whether the loss let the change be made; true for steps that do not watch it
	Ratio, Damping, Rate float64
}

// CouplingNumbers are the numbers of one coupling's solve.
type CouplingNumbers struct {
	Name        string
	Rank        float64 // trace of the filter σ²/(σ²+μ), the number of directions of Φ that the solve keeps
	SigmaMax    float64 // largest singular value of Φ, by power iteration: a lower bound, tight to a few percent
	SigmaMin    float64 // smallest singular value kept, by inverse iteration, not below √μ: directions under √μ are damped by more than half
	Residual    float64 // ‖ΦA - T‖/‖T‖
	Refinements float64 // passes on the true residual after the first solve
}

const (
	headNumbers     = 4
	certNumbers     = 5
	couplingNumbers = 5
	trustNumbers    = 4
)

// Pack puts the scalars of an outcome into one Float64 vector, so that a step sends one small array to the host.
func (o Outcome) Pack() *graph.Node {
	scalars := []*graph.Node{o.Loss, o.Accuracy, o.StepNorm, o.Finite}
	if c := o.Certificate; c != nil {
		scalars = append(scalars, c.Stream, c.OnLogits, c.Gain, c.Clips, c.Iterations)
		for _, r := range c.Couplings {
			scalars = append(scalars, r.Rank, r.SigmaMax, r.SigmaMin, r.Residual, r.Refinements)
		}
	}
	if t := o.Trust; t != nil {
		scalars = append(scalars, t.Accepted, t.Ratio, t.Damping, t.Rate)
	}
	return packed(scalars...)
}

// packed is scalars as one Float64 vector.
func packed(scalars ...*graph.Node) *graph.Node {
	parts := make([]*graph.Node, len(scalars))
	for i, scalar := range scalars {
		parts[i] = graph.Reshape(graph.ConvertDType(scalar, dtypes.Float64), 1)
	}
	return graph.Concatenate(parts, 0)
}

// Layout says what a step's packed report holds.
type Layout struct {
	Certified bool
	Couplings []string // those that the step solves for one by one
	Trusted   bool     // whether the step watches the loss
}

func (l Layout) numbers() int {
	n := headNumbers
	if l.Certified {
		n += certNumbers + couplingNumbers*len(l.Couplings)
	}
	if l.Trusted {
		n += trustNumbers
	}
	return n
}

// Layout is that of the step's reports.
func (s *Step) Layout() Layout {
	return Layout{Certified: true, Couplings: s.Solved(), Trusted: s.memory.lambda != nil || s.memory.share != nil}
}

// Unpack reads what Pack wrote. A step without a certificate has the zero Layout.
func Unpack(packed []float64, layout Layout) (Report, error) {
	if want := layout.numbers(); len(packed) != want {
		return Report{}, fmt.Errorf("a step report of %d numbers: %d were expected for %d couplings", len(packed), want, len(layout.Couplings))
	}
	r := Report{
		Loss: packed[0], Accuracy: packed[1], StepNorm: packed[2], Finite: packed[3] == 1,
		Certified: layout.Certified, Trusted: layout.Trusted, Accepted: true,
	}
	rest := packed[headNumbers:]
	if r.Certified {
		r.Cert, r.CertLogits, r.Gain, r.Clips, r.Iterations = rest[0], rest[1], rest[2], rest[3], rest[4]
		rest = rest[certNumbers:]
		for _, name := range layout.Couplings {
			r.Couplings = append(r.Couplings, CouplingNumbers{name, rest[0], rest[1], rest[2], rest[3], rest[4]})
			rest = rest[couplingNumbers:]
		}
	}
	if r.Trusted {
		r.Accepted, r.Ratio, r.Damping, r.Rate = rest[0] == 1, rest[1], rest[2], rest[3]
	}
	return r, nil
}

// Tolerance is the certificate up to which a step in the dtype is called EXACT: 1e-4 in Float32, 1e-6 in Float64.
func Tolerance(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1e-6
	}
	return 1e-4
}

// Exact tells whether the step was made and met what Gauss-Newton prescribes to within the dtype's tolerance, on the stream.
func (r Report) Exact(dtype dtypes.DType) bool {
	return r.Certified && r.Finite && r.Accepted && r.Cert <= Tolerance(dtype)
}
