// SPDX-License-Identifier: Apache-2.0

package verify

// check is one property: where it is stated, what its tolerance depends on, on which problems it can be asked, and its figure, which is 0 when the property
// holds without rounding.
type check struct {
	name, section string
	op            Operation
	asked         func(Problem) bool // nil: of every problem
	figure        func(o *observation, r *reference) float64
}

// checks lists the properties in the order of the table.
func checks() []check {
	return append(append(modelChecks(), stepChecks()...), weightChecks()...)
}

func modelChecks() []check {
	return []check{
		{"initial weights are the host's", "1", Count, nil, drawnElsewhere},
		{"features, stream, logits", "1", Evaluation, nil, forward},
		{"loss and u", "2", Evaluation, nil, target},
		{"inverse(forward(x)) = x", "1", Inversion, nil, recovered},
		{"tangent = dual numbers", "1", Evaluation, nil, tangentDual},
		{"tangent = central difference", "1", Difference, nil, tangentDifference},
		{"inverse tangent = dense solve", "1", Inversion, nil, pullDense},
		{"inverse tangent = central difference", "1", Difference, nil, pullDifference},
		{"inverse tangent of s Uᵀ", "3", Inversion, nil, pullProduct},
		{"<Jv, g> = <v, Jᵀg>", "1", Evaluation, nil, transposition},
		{"adjoint = dense Jacobian transposed", "1", Evaluation, nil, adjointDense},
		{"gradient = automatic differentiation", "1", Evaluation, nil, autodiff},
	}
}

func stepChecks() []check {
	exact := func(p Problem) bool { return p.Exact }
	return []check{
		{"J ΔZ = v on the stream", "3", Realised, exact, onStream},
		{"J ΔZ U = u on the logits", "3", Realised, exact, onLogits},
		{"Φ A = T, row form = dense", "4", Solution, regular(rowForm), solutionOf(rowForm)},
		{"Φ A = T, column form = dense", "4", Solution, has(columnForm), solutionOf(columnForm)},
		{"Φ A = T, identity form = dense", "4", Solution, seen(identityForm), solutionOf(identityForm)},
		{"Φ A, identity form = dense", "4", Realised, has(identityForm), effectOf(identityForm)},
		{"A where the batch shows nothing", "4", Unseen, func(p Problem) bool { return p.Inputs == Blank }, unseen},
		{"step without carrying = dense", "3", Realised, func(p Problem) bool { return p.Plain }, likeReference},
		{"projection where h+1 < B", "4", Realised, Problem.projects, likeProjection},
		{"certificate and gain as reported", "7", Certificate, nil, certificate},
		{"residuals of the solves as reported", "4", Certificate, func(p Problem) bool { return !p.Plain }, residuals},
		{"rank kept as reported", "4", Spectrum, nil, ranks},
		{"linearisation error falls like α", "7", Rate, Problem.smooth, linearisation},
	}
}

func weightChecks() []check {
	return []check{
		{"α = 0 changes no bit", "3", Count, nil, func(o *observation, _ *reference) float64 { return float64(o.atZero) }},
		{"input not finite changes no bit", "3", Count, nil, func(o *observation, _ *reference) float64 { return float64(o.notFinite) }},
		{"block weights are validated", "3", Count, nil, func(o *observation, _ *reference) float64 { return float64(o.accepted) }},
	}
}

// has tells whether some coupling of a problem is solved in the form.
func has(f form) func(Problem) bool {
	return func(p Problem) bool {
		for c := range 2 * p.Blocks {
			if p.changes(c/2) && p.form(c) == f {
				return true
			}
		}
		return false
	}
}

// regular is has without the problems that the dtype cannot solve.
func regular(f form) func(Problem) bool {
	some := has(f)
	return func(p Problem) bool { return !p.Singular && some(p) }
}

// seen is has without the problems whose batch leaves directions of an identity coupling's input at zero.
func seen(f form) func(Problem) bool {
	some := has(f)
	return func(p Problem) bool { return p.Inputs != Blank && some(p) }
}
