// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
)

// perturbation is a relative error that each check has to see in Float64: a thousand times the largest tolerance of a residual.
const perturbation = 1e-6

func scaleUp(ms ...*mat.Dense) {
	for _, m := range ms {
		m.Scale(1+perturbation, m)
	}
}

// mutations make, for every check, the observation wrong in one thing.
func mutations() map[string]func(o *observation) {
	value := func(names ...string) func(o *observation) {
		return func(o *observation) {
			for _, name := range names {
				scaleUp(o.values[name])
			}
		}
	}
	change := func(o *observation) { scaleUp(o.dZ...) }
	return map[string]func(o *observation){
		"initial weights are the host's":       func(o *observation) { o.drawn++ },
		"features, stream, logits":             value("logits"),
		"loss and u":                           value("residual"),
		"inverse(forward(x)) = x":              value("recovered"),
		"tangent = dual numbers":               value("tangent.input"),
		"tangent = central difference":         value("tangent.both"),
		"inverse tangent = dense solve":        value("pull"),
		"inverse tangent = central difference": value("pull"),
		"inverse tangent of s Uᵀ":              value("pull.product"),
		"<Jv, g> = <v, Jᵀg>":                   value("adjoint"),
		"adjoint = dense Jacobian transposed":  func(o *observation) { scaleUp(o.adjoint[1]) },
		"gradient = automatic differentiation": func(o *observation) { scaleUp(o.gradient[0]) },
		"J ΔZ = v on the stream":               change,
		"J ΔZ U = u on the logits":             change,
		"Φ A = T, row form = dense":            change,
		"Φ A = T, column form = dense":         change,
		"Φ A = T, identity form = dense":       change,
		"Φ A, identity form = dense":           change,
		"A where the batch shows nothing":      func(o *observation) { o.dZ[0].Scale(1.1, o.dZ[0]) },
		"step without carrying = dense":        change,
		"projection where h+1 < B":             change,
		"certificate and gain as reported":     change,
		"residuals of the solves as reported":  change,
		"rank kept as reported":                func(o *observation) { o.report.Couplings[0].Rank-- },
		"linearisation error falls like α":     func(o *observation) { o.dZ[0].Scale(1.01, o.dZ[0]) },
		"α = 0 changes no bit":                 func(o *observation) { o.atZero++ },
		"input not finite changes no bit":      func(o *observation) { o.notFinite++ },
		"block weights are validated":          func(o *observation) { o.accepted++ },
	}
}

// Every check that holds fails on a wrong observation, on every problem of the quick subset that it is asked of.
func TestEveryCheckCanFail(t *testing.T) {
	b, err := backend.Open(context.Background(), backend.Options{Name: "go", Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	wrong := mutations()
	for _, p := range quick(Problems()) {
		right, r := observed(t, b, p)
		for _, c := range checks() {
			if !c.asks(p) {
				continue
			}
			tolerance := tolerances()[c.op].in(dtypes.Float64)
			if f := c.figure(right, r); !(f <= tolerance) {
				t.Errorf("%s on %s: %g before anything was made wrong", c.name, p.Name, f)
			}
			mutate := wrong[c.name]
			if mutate == nil {
				t.Fatalf("%q has no mutation", c.name)
			}
			o := right.clone()
			mutate(o)
			if f := c.figure(o, r); f <= tolerance {
				t.Errorf("%s on %s: %g is within the tolerance %g although the observation is wrong", c.name, p.Name, f, tolerance)
			}
		}
	}
}

// clone copies what mutations change.
func (o *observation) clone() *observation {
	out := *o
	copies := func(ms []*mat.Dense) []*mat.Dense {
		all := make([]*mat.Dense, len(ms))
		for i, m := range ms {
			all[i] = mat.DenseCopyOf(m)
		}
		return all
	}
	out.dZ, out.adjoint, out.gradient = copies(o.dZ), copies(o.adjoint), copies(o.gradient)
	out.values = map[string]*mat.Dense{}
	for name, m := range o.values {
		out.values[name] = mat.DenseCopyOf(m)
	}
	out.report.Couplings = slices.Clone(o.report.Couplings)
	return &out
}

func observed(t *testing.T, b *backend.Backend, p Problem) (*observation, *reference) {
	t.Helper()
	n, err := draw(p, dtypes.Float64)
	if err != nil {
		t.Fatal(err)
	}
	o, err := observe(b, n)
	if err != nil {
		t.Fatal(err)
	}
	r, err := refer(o)
	if err != nil {
		t.Fatal(err)
	}
	return o, r
}

// What counts weights sees a single bit.
func TestCountsSeeOneBit(t *testing.T) {
	n, err := draw(quick(Problems())[0], dtypes.Float64)
	if err != nil {
		t.Fatal(err)
	}
	after, err := n.weights()
	if err != nil {
		t.Fatal(err)
	}
	if got := n.changed(after); got != 0 {
		t.Errorf("%d weights changed without a step", got)
	}
	w := after["block0.g.W"].flat
	w[3] = math.Nextafter(w[3], 2)
	if got := n.changed(after); got != 1 {
		t.Errorf("%d weights are counted as changed where 1 is", got)
	}
	if differing([]float64{0}, []float64{math.Copysign(0, -1)}) != 1 || differing([]float64{1, 2}, []float64{1}) != 2 {
		t.Error("a sign of zero, or a missing entry, went unseen")
	}
}
