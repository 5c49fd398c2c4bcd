// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
	"revgn/model"
)

// relative is ‖got - want‖/‖want‖, NaN or infinite where an entry is not finite or the shapes differ.
func relative(got, want *mat.Dense) float64 { return oracle.Compare(got, want).Rel }

// worst is the largest figure; one that is not a number is worse than any.
func worst(figures ...float64) float64 {
	out := 0.0
	for _, f := range figures {
		if math.IsNaN(f) {
			return f
		}
		out = max(out, f)
	}
	return out
}

// alike is the worst relative difference over couplings.
func alike(got, want []*mat.Dense) float64 {
	c, _ := oracle.CompareAll(got, want)
	return c.Rel
}

func drawnElsewhere(o *observation, _ *reference) float64 { return float64(o.drawn) }

// forward compares the features of every coupling that computes them, the stream and the logits.
func forward(o *observation, r *reference) float64 {
	figures := []float64{relative(o.values["stream"], r.trace.Stream()), relative(o.values["logits"], r.trace.Logits)}
	for c, phi := range r.trace.Phi {
		if got := o.values["phi."+model.CouplingName(c)]; got != nil {
			rows, _ := phi.Dims()
			figures = append(figures, relative(got, mat.DenseCopyOf(phi.Slice(0, rows, 0, o.net.Hidden))))
		}
	}
	return worst(figures...)
}

func target(o *observation, r *reference) float64 {
	return worst(relative(o.values["loss"], mat.NewDense(1, 1, []float64{r.loss})), relative(o.values["residual"], r.gradient))
}

func recovered(o *observation, _ *reference) float64 { return relative(o.values["recovered"], o.x) }

// tangentDual compares the tangents along the weights, along the input and along both.
func tangentDual(o *observation, _ *reference) float64 {
	weights, _ := o.net.Tangent(o.x, o.along.dZ)
	input, _ := o.net.TangentInput(o.x, o.along.input)
	var both mat.Dense
	both.Add(weights, input)
	return worst(relative(o.values["tangent.weights"], weights), relative(o.values["tangent.input"], input), relative(o.values["tangent.both"], &both))
}

// tangentDifference moves input and weights together.
func tangentDifference(o *observation, _ *reference) float64 {
	want := slope(o.problem.step(), func(t float64) *mat.Dense {
		stream, _ := o.net.Apply(o.along.dZ, -t).Forward(shifted(o.x, o.along.input, t))
		return stream
	})
	return relative(o.values["tangent.both"], want)
}

func pullDense(o *observation, r *reference) float64 {
	want, err := o.net.TangentInverse(r.trace.Stream(), o.along.output)
	if err != nil {
		return math.NaN()
	}
	return relative(o.values["pull"], want)
}

func pullDifference(o *observation, r *reference) float64 {
	want := slope(o.problem.step(), func(t float64) *mat.Dense { return o.net.Inverse(shifted(r.trace.Stream(), o.along.output, t)) })
	return relative(o.values["pull"], want)
}

func pullProduct(o *observation, r *reference) float64 {
	want, err := o.net.TangentInverse(r.trace.Stream(), o.net.Lift(o.along.logits))
	if err != nil {
		return math.NaN()
	}
	return relative(o.values["pull.product"], want)
}

// transposition compares both sides, each with what the backend returned, relative to ‖Jv‖‖g‖.
func transposition(o *observation, _ *reference) float64 {
	jv, g := o.net.Readout(o.values["tangent.both"]), o.along.logits
	left := dot(jv, g)
	right := dot(o.along.input, o.values["adjoint"])
	for c, dz := range o.along.dZ {
		right += dot(dz, o.adjoint[c])
	}
	return math.Abs(left-right) / (mat.Norm(jv, 2) * mat.Norm(g, 2))
}

func adjointDense(o *observation, r *reference) float64 {
	g := o.along.logits
	return worst(relative(o.values["adjoint"], o.net.AdjointInput(o.x, o.net.Lift(g))), alike(o.adjoint, r.transposed(o, g)))
}

func autodiff(o *observation, _ *reference) float64 { return alike(o.gradient, o.autodiff) }

// shifted is a + t b.
func shifted(a, b *mat.Dense, t float64) *mat.Dense {
	var out mat.Dense
	out.Scale(t, b)
	out.Add(a, &out)
	return &out
}

func dot(a, b *mat.Dense) float64 {
	var product mat.Dense
	product.MulElem(a, b)
	return mat.Sum(&product)
}
