// SPDX-License-Identifier: Apache-2.0

package record

// StepRecord is what one optimizer step did. Loss and accuracy are those of the
// step's batch before the step. Percentages are of the loss before the step.
type StepRecord struct {
	Step             int      `json:"step"`  // counted from 1; 0 is the initial network
	Epoch            float64  `json:"epoch"` // epochs of data used so far
	Loss             Number   `json:"loss"`  // mean over the batch
	LossAfter        Optional `json:"loss_after,omitzero"`
	LossChangePct    Optional `json:"loss_change_pct,omitzero"`
	HeldoutChangePct Optional `json:"heldout_change_pct,omitzero"`
	Acc              Optional `json:"acc,omitzero"` // share of the batch, 0 to 1
	LR               Number   `json:"lr"`
	StepNorm         Optional `json:"step_norm,omitzero"`       // norm of the change that the step made to all trained weights together, lr included
	Seconds          Number   `json:"seconds"`                  // the step alone
	MeasureSeconds   Optional `json:"measure_seconds,omitzero"` // what only measures

	*GaussNewton // nil for other optimizers: its fields are then left out
	*Trust       // nil for steps that are made whatever the loss does
}

// Trust is how a step that watches the batch's loss was judged.
type Trust struct {
	Accepted  bool     `json:"accepted"`         // false: the loss refused the change, and the weights are those before the step
	GainRatio Number   `json:"gain_ratio"`       // actual over predicted change of the loss
	Damping   Optional `json:"damping,omitzero"` // λ of this step, where it adapts
	Rate      Number   `json:"rate"`             // step length, lr or the part of it that a line search took
}

// GaussNewton is the certificate of a Gauss-Newton step and its parts.
type GaussNewton struct {
	Cert           Number     `json:"cert"`        // ‖JΔZ - v‖/‖v‖ on the stream
	CertLogits     Number     `json:"cert_logits"` // the same on the logits
	Gain           Number     `json:"gain"`        // <JΔZ, v>/‖v‖², 1 when exact
	Exact          bool       `json:"exact"`
	Reconstruction Optional   `json:"reconstruction,omitzero"`
	Rebuilt        Optional   `json:"rebuilt,omitzero"` // ‖ỹ - y‖/‖y‖ of the lowest stream that a step with recomputed activations rebuilt
	Linearisation  Optional   `json:"linearisation,omitzero"`
	Clips          Optional   `json:"clips,omitzero"`      // entries of u cut by the exact curvature, where there were any
	Iterations     Optional   `json:"iterations,omitzero"` // of the solver for the whole kernel
	Couplings      []Coupling `json:"couplings,omitempty"` // none where they are not solved one by one
}

// Coupling is how one coupling's system was solved.
type Coupling struct {
	Name     string `json:"name"` // "block0.f"
	Rank     int    `json:"rank"` // singular values kept
	SigmaMax Number `json:"sigma_max"`
	SigmaMin Number `json:"sigma_min"` // smallest one kept
	Residual Number `json:"residual"`  // ‖ΦA - T‖/‖T‖
}

// EvalRecord is an evaluation over a whole split, every sample weighing the same.
type EvalRecord struct {
	Step    int      `json:"step"`
	Epoch   float64  `json:"epoch"`
	Split   string   `json:"split"` // "train" or "test"
	Loss    Number   `json:"loss"`
	Acc     Optional `json:"acc,omitzero"`
	Samples int      `json:"samples,omitempty"`
	Seconds Optional `json:"seconds,omitzero"`
}

// ProbeRecord compares the network with its start, on a fixed set of samples that no step sees (Manifest.Probe). The line of step 0 is the start itself.
type ProbeRecord struct {
	Step             int      `json:"step"`
	Epoch            float64  `json:"epoch"`
	KernelAlignment  Number   `json:"ntk_alignment"`           // of the class-traced tangent kernels, centred: <HΘ_0H, HΘ_tH> over the norms
	KernelRaw        Number   `json:"ntk_alignment_raw"`       // the same without centring
	KernelChange     Number   `json:"ntk_change"`              // ‖Θ_t - Θ_0‖/‖Θ_0‖
	CKA              Number   `json:"cka"`                     // linear, of the stream after the last block
	DebiasedCKA      Number   `json:"cka_debiased"`            // the same, debiased
	Displacement     Number   `json:"relative_displacement"`   // ‖Z_t - Z_0‖/‖Z_0‖ over all couplings
	Cosine           Number   `json:"cosine"`                  // of the angle between Z_t and Z_0
	HeldoutLoss      Number   `json:"heldout_loss"`            // mean over the samples
	HeldoutChange    Optional `json:"heldout_change,omitzero"` // of that loss by the step that led here; absent at step 0
	HeldoutChangePct Optional `json:"heldout_change_pct,omitzero"`
	Seconds          Number   `json:"seconds"` // of the probe; the first also compiles

	Couplings []ProbeCoupling `json:"couplings,omitempty"`
}

// ProbeCoupling is the spectrum of a coupling's augmented features Φ on the samples of a probe.
type ProbeCoupling struct {
	Name     string     `json:"name"`      // "block0.f"
	Rank     int        `json:"rank"`      // singular values above rounding
	SigmaMax Number     `json:"sigma_max"` // of these
	SigmaMin Number     `json:"sigma_min"`
	Log10    *LogCounts `json:"log10_sigma,omitempty"` // of these; nil where there are none
}

// LogCounts counts numbers by their size: Counts[i] of them have a decimal logarithm from (First+i)/PerDecade to below (First+i+1)/PerDecade.
type LogCounts struct {
	PerDecade int   `json:"per_decade"`
	First     int   `json:"first"`
	Counts    []int `json:"counts"`
}

// EventRecord is something that happened: "warning", "resume", "switch",
// "lr", "interrupted", "non-finite".
type EventRecord struct {
	Step    int      `json:"step"`
	Epoch   float64  `json:"epoch"`
	Event   string   `json:"event"`
	Fields  []string `json:"fields,omitempty"` // of a non-finite number: where it arose
	Message string   `json:"message,omitempty"`
}

// Kinds of lines in metrics.jsonl.
const (
	kindStep  = "step"
	kindEval  = "eval"
	kindEvent = "event"
	kindProbe = "probe"
)

// Events that the package itself writes.
const eventNonFinite = "non-finite"
