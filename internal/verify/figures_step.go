// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

func onStream(o *observation, r *reference) float64 { return relative(r.achieved(o), r.step.V) }

func onLogits(o *observation, r *reference) float64 {
	return relative(o.net.Readout(r.achieved(o)), r.step.U)
}

// solutionOf compares ΔZ of the couplings of a form with the dense solution, filtered where the form filters, relative to the ΔZ of the whole step, so that a coupling
// which has next to nothing to do is not measured by its rounding.
func solutionOf(f form) func(o *observation, r *reference) float64 {
	return func(o *observation, r *reference) float64 {
		figure := 0.0
		for c, want := range r.step.DZ {
			if o.problem.form(c) == f {
				var off mat.Dense
				off.Sub(o.dZ[c], want)
				figure = worst(figure, mat.Norm(&off, 2)/r.step.Norm)
			}
		}
		return figure
	}
}

// effectOf is solutionOf for what the change does on the batch, Φ ΔZ, relative to the step's target.
func effectOf(f form) func(o *observation, r *reference) float64 {
	return func(o *observation, r *reference) float64 {
		figure := 0.0
		for c, want := range r.step.DZ {
			if o.problem.form(c) == f {
				var off, effect mat.Dense
				off.Sub(o.dZ[c], want)
				effect.Mul(r.trace.Phi[c], &off)
				figure = worst(figure, mat.Norm(&effect, 2)/mat.Norm(r.step.V, 2))
			}
		}
		return figure
	}
}

// unseen compares ΔZ of the identity couplings in the norm of its own, directions that Φ sends to zero included.
func unseen(o *observation, r *reference) float64 {
	figure := 0.0
	for c, want := range r.step.DZ {
		if o.problem.form(c) == identityForm {
			figure = worst(figure, relative(o.dZ[c], want))
		}
	}
	return figure
}

func likeReference(o *observation, r *reference) float64 {
	return off(r.achieved(o), r.step.JDZ, r.step.V)
}

func likeProjection(o *observation, r *reference) float64 {
	return off(r.achieved(o), r.projection.JDZ, r.step.V)
}

// off is ‖got - want‖/‖scale‖.
func off(got, want, scale *mat.Dense) float64 {
	var diff mat.Dense
	diff.Sub(got, want)
	return mat.Norm(&diff, 2) / mat.Norm(scale, 2)
}

// certificate compares the reported certificate on the stream and on the logits, the gain and ‖αΔZ‖ with those of the ΔZ that was written.
func certificate(o *observation, r *reference) float64 {
	achieved, v := r.achieved(o), r.step.V
	size := 0.0
	for _, dz := range o.dZ {
		size = math.Hypot(size, mat.Norm(dz, 2))
	}
	return worst(
		math.Abs(o.report.Cert-onStream(o, r)),
		math.Abs(o.report.CertLogits-onLogits(o, r)),
		math.Abs(o.report.Gain-dot(achieved, v)/dot(v, v)),
		math.Abs(o.report.StepNorm/(wholeChange*size)-1),
	)
}

// residuals compares the reported residual of every solve, ‖ΦA - T‖/‖T‖, with that of the ΔZ that was written, both relative to the step's target. With
// carrying, T - ΦA is the difference, half by half, between (Σ_{j<=l} w_j) t_l and the tangent achieved at the output of block l.
func residuals(o *observation, r *reference) float64 {
	figure, scale := 0.0, mat.Norm(r.step.V, 2)
	for l := range o.problem.Blocks {
		if !o.problem.changes(l) {
			continue
		}
		below := *o.net
		below.Blocks = l + 1
		achieved, _ := below.Tangent(o.x, o.dZ[:2*l+2])
		missing, half := shifted(achieved, r.step.Pulled[l], -o.problem.cumulative(l)), o.net.Half()
		for i := range 2 {
			c := 2*l + i
			off := missing.Slice(0, o.problem.Batch, i*half, (i+1)*half)
			var asked mat.Dense
			asked.Mul(r.trace.Phi[c], o.dZ[c])
			asked.Sub(&asked, off)
			got, _ := o.solved(c)
			figure = worst(figure, math.Abs(got.Residual*mat.Norm(&asked, 2)-mat.Norm(off, 2))/scale)
		}
	}
	return figure
}

// ranks compares the reported rank with the trace of the filter, Σ σ²/(σ²+μ), relative to the number of singular values.
func ranks(o *observation, r *reference) float64 {
	figure := 0.0
	for c, phi := range r.trace.Phi {
		got, ok := o.solved(c)
		if !ok {
			continue
		}
		var svd mat.SVD
		if !svd.Factorize(phi, mat.SVDNone) {
			return math.NaN()
		}
		mu, want, values := o.mu(phi, c), 0.0, svd.Values(nil)
		for _, s := range values {
			want += s * s / (s*s + mu)
		}
		figure = worst(figure, math.Abs(got.Rank-want)/float64(len(values)))
	}
	return figure
}

// linearisation compares ‖f(Z - αΔZ) - f(Z) + αJΔZ‖/‖αJΔZ‖ at 2α and at α, which has to be half of it: |e(2α)/2e(α) - 1|.
func linearisation(o *observation, _ *reference) float64 {
	_, jdz := o.net.Tangent(o.x, o.dZ)
	var e [2]float64
	for i, factor := range []float64{2, 1} {
		alpha := factor * linearAlpha(o.dtype)
		var got, want mat.Dense
		got.Sub(o.values["logits"], o.moved[i])
		want.Scale(alpha, jdz)
		e[i] = relative(&got, &want)
	}
	return math.Abs(e[0]/(2*e[1]) - 1)
}
