// SPDX-License-Identifier: Apache-2.0

package report

import "revgn/internal/record"

// couplingQuantity is a number of how each coupling's system was solved.
type couplingQuantity struct {
	ID, Title, Y string
	Log          scale
	value        func(record.Coupling) float64
}

// couplingQuantities are the figures of a run's couplings.
func couplingQuantities() []couplingQuantity {
	return []couplingQuantity{
		{"rank", "Rank of each coupling", "singular values kept", linear, func(c record.Coupling) float64 { return float64(c.Rank) }},
		{"sigma-max", "Largest singular value of each coupling", "σ max", logarithmic, func(c record.Coupling) float64 { return float64(c.SigmaMax) }},
		{"sigma-min", "Smallest singular value kept of each coupling", "σ min", logarithmic, func(c record.Coupling) float64 { return float64(c.SigmaMin) }},
		{"residual", "Residual of each coupling's own system", "‖ΦA - T‖/‖T‖", logarithmic, func(c record.Coupling) float64 { return float64(c.Residual) }},
	}
}

// Coupling is the traces of a coupling, one for each of couplingQuantities.
type Coupling struct {
	Name   string
	Traces []*Trace
}

// maxCouplings bounds what a damaged or hostile file can make of a run's couplings.
const maxCouplings = 512

// couplingsOf reads the couplings of a run, in the order in which they first stand.
func couplingsOf(steps []record.StepRecord) []Coupling {
	var list []Coupling
	at := map[string]int{}
	quantities := couplingQuantities()
	for _, s := range steps {
		if s.GaussNewton == nil {
			continue
		}
		for _, c := range s.Couplings {
			k, ok := at[c.Name]
			if !ok {
				if len(list) == maxCouplings {
					continue
				}
				k, at[c.Name] = len(list), len(list)
				list = append(list, newCoupling(c.Name, len(quantities)))
			}
			for i, q := range quantities {
				list[k].Traces[i].add(s.Step, q.value(c))
			}
		}
	}
	return list
}

func newCoupling(name string, quantities int) Coupling {
	c := Coupling{Name: name}
	for range quantities {
		c.Traces = append(c.Traces, &Trace{})
	}
	return c
}
