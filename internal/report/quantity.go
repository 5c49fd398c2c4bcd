// SPDX-License-Identifier: Apache-2.0

package report

import "revgn/internal/record"

// Quantity is something that runs record by step, and a figure of the report.
type Quantity struct {
	ID    string // of files and anchors
	Title string
	Y     string // label of the axis
	Log   scale
	About string // what it is, in one sentence

	read func(m *record.Metrics, t *Trace)
}

// scale says whether an axis is logarithmic at first.
type scale int

const (
	byRange scale = iota // where all values are positive and span more than two decades
	linear
	logarithmic
)

// Section is quantities under one heading.
type Section struct {
	ID, Short, Title string
	Quantities       []Quantity
}

// sections are the figures of a report in their order.
func sections() []Section {
	return []Section{
		{"training", "Loss and accuracy", "Loss and accuracy", append(lossQuantities(), evalQuantities()...)},
		{"change", "What a step does", "What a step does to the loss: on its batch and on held-out samples", changeQuantities()},
		{"exactness", "Certificates", "Certificates", certificateQuantities()},
		{"probes", "Compared with the start", "Compared with the start", probeQuantities()},
		{"steps", "Steps", "Steps", stepQuantities()},
	}
}

func lossQuantities() []Quantity {
	return []Quantity{
		ofStep("loss", "Loss on the batch, before the step", "loss", byRange, "Mean loss of the step's batch, before the step.", func(s *record.StepRecord) record.Optional { return present(s.Loss) }),
		ofStep("batch-accuracy", "Accuracy on the batch, before the step", "share right", linear, "Share of the step's batch classified rightly, before the step.", func(s *record.StepRecord) record.Optional { return s.Acc }),
	}
}

func evalQuantities() []Quantity {
	return []Quantity{
		ofEval("train-loss", "Loss on the training set", "loss", byRange, "train", evalLoss),
		ofEval("train-accuracy", "Accuracy on the training set", "share right", linear, "train", evalAcc),
		ofEval("test-loss", "Loss on the test set", "loss", byRange, "test", evalLoss),
		ofEval("test-accuracy", "Accuracy on the test set", "share right", linear, "test", evalAcc),
	}
}

func changeQuantities() []Quantity {
	return []Quantity{
		ofStep("loss-change", "Change of the loss on the step's own batch", "%", linear, "Change of the loss on the batch by the step that was made on it, in percent of the loss before.", func(s *record.StepRecord) record.Optional { return s.LossChangePct }),
		ofStep("heldout-change", "Change of the loss on held-out samples", "%", linear, "Change of the loss on a fixed held-out batch by the same step, in percent of the loss before.", func(s *record.StepRecord) record.Optional { return s.HeldoutChangePct }),
	}
}

func certificateQuantities() []Quantity {
	return []Quantity{
		ofCertificate("certificate", "Certificate", "‖JΔZ - v‖/‖v‖", logarithmic, "How far the change that a step made is from the one that Gauss-Newton prescribes; a step is exact where it is at most 1e-4 in float32, 1e-6 in float64.", func(g *record.GaussNewton) record.Optional { return present(g.Cert) }),
		ofCertificate("certificate-logits", "Certificate on the logits", "relative error", logarithmic, "The certificate of the logits in place of the stream.", func(g *record.GaussNewton) record.Optional { return present(g.CertLogits) }),
		ofCertificate("gain", "Gain: the part of the prescribed change that was made", "<JΔZ, v>/‖v‖²", linear, "1 for an exact step.", func(g *record.GaussNewton) record.Optional { return present(g.Gain) }),
		ofCertificate("linearisation", "Error of the linear model", "relative error", byRange, "How far the change of the network after the step is from the linear one that the step is made of.", func(g *record.GaussNewton) record.Optional { return g.Linearisation }),
		ofCertificate("iterations", "Iterations of the solver", "iterations", linear, "Iterations that the whole kernel's solver made.", func(g *record.GaussNewton) record.Optional { return g.Iterations }),
	}
}

func probeQuantities() []Quantity {
	return []Quantity{
		ofProbe("ntk-change", "Change of the tangent kernel", "‖Θ - Θ₀‖/‖Θ₀‖", linear, "Of the class-traced tangent kernel of fixed samples, since the start.", func(p *record.ProbeRecord) record.Optional { return present(p.KernelChange) }),
		ofProbe("ntk-alignment", "Alignment of the tangent kernel with the start", "centred alignment", linear, "1 where the kernel only grew or shrank.", func(p *record.ProbeRecord) record.Optional { return present(p.KernelAlignment) }),
		ofProbe("cka", "CKA of the last stream with the start", "linear CKA, debiased", linear, "Debiased linear CKA of the stream after the last block with that of the start.", func(p *record.ProbeRecord) record.Optional { return present(p.DebiasedCKA) }),
		ofProbe("displacement", "Displacement of the weights", "‖Z - Z₀‖/‖Z₀‖", linear, "Over all couplings, since the start.", func(p *record.ProbeRecord) record.Optional { return present(p.Displacement) }),
		ofProbe("cosine", "Cosine of the angle to the initial weights", "cosine", linear, "Over all couplings.", func(p *record.ProbeRecord) record.Optional { return present(p.Cosine) }),
		ofProbe("heldout-loss", "Loss on the probe set", "loss", byRange, "Mean loss of the probe set's held-out samples.", func(p *record.ProbeRecord) record.Optional { return present(p.HeldoutLoss) }),
	}
}

func stepQuantities() []Quantity {
	return []Quantity{
		ofStep("seconds", "Seconds a step", "s", byRange, "The step alone, from data to updated weights, certificate included.", func(s *record.StepRecord) record.Optional { return present(s.Seconds) }),
		ofStep("step-norm", "Norm of the step", "‖ΔZ‖", byRange, "Norm of the change of all trained weights together.", func(s *record.StepRecord) record.Optional { return s.StepNorm }),
		ofStep("rate", "Rate", "lr", byRange, "The step length asked for.", func(s *record.StepRecord) record.Optional { return present(s.LR) }),
		ofStep("damping", "Damping", "λ", logarithmic, "Where it adapts to the loss.", func(s *record.StepRecord) (o record.Optional) {
			if s.Trust != nil {
				o = s.Damping
			}
			return o
		}),
		ofStep("gain-ratio", "Actual over predicted change of the loss", "ratio", linear, "Of steps that watch the loss.", func(s *record.StepRecord) (o record.Optional) {
			if s.Trust != nil {
				o = present(s.GainRatio)
			}
			return o
		}),
	}
}

func present(n record.Number) record.Optional { return record.Optional{Value: n, Set: true} }

func evalLoss(e *record.EvalRecord) record.Optional { return present(e.Loss) }
func evalAcc(e *record.EvalRecord) record.Optional  { return e.Acc }
