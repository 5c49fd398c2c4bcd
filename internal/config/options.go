// SPDX-License-Identifier: Apache-2.0

package config

import "strings"

// Options are the options of `revgn train`. The yaml tag is the name of the
// option in a file and, with two dashes, on the command line.
type Options struct {
	Preset string `yaml:"preset"` // name of the table row the rest started from
	Config string `yaml:"-"`      // the file read, "" for none

	// Data.
	Dataset   string `yaml:"dataset"`    // digits, mnist, ..., csv:FILE, npz:FILE, teacher, synthetic
	DataDir   string `yaml:"data-dir"`   // "": $REVGN_DATA, else the user's cache directory
	TrainSize int    `yaml:"train-size"` // first N training samples; 0 ("all" in text): every one

	// What is done to the training part; the map of a whitening also to the test part.
	Augment    Augment `yaml:"augment"`
	LabelNoise float64 `yaml:"label-noise"` // probability that a training label is replaced by another
	Whiten     Whiten  `yaml:"whiten"`

	// Network, docs/mathematics.md 1.
	Blocks          int        `yaml:"blocks"`           // L
	Hidden          int        `yaml:"hidden"`           // h
	Activation      Activation `yaml:"activation"`       // σ of the blocks above the first
	FirstActivation Activation `yaml:"first-activation"` // σ of block 0
	InitStd         float64    `yaml:"init-std"`         // standard deviation of W at the start
	ProjGain        float64    `yaml:"proj-gain"`        // C ~ N(0, gain²/h)
	Bias            bool       `yaml:"bias"`             // b is trained
	Linearised      bool       `yaml:"linearised"`       // at the weights it starts from
	OutputScale     float64    `yaml:"output-scale"`     // s of z(θ0) + s·(z(θ) - z(θ0))

	// Step.
	Optimizer Optimizer `yaml:"optimizer"`
	LR        float64   `yaml:"lr"` // α for gn
	Loss      Loss      `yaml:"loss"`
	Curvature Curvature `yaml:"curvature"`
	// CurvatureDamping is the λ of curvature damped, H + λI.
	CurvatureDamping float64 `yaml:"curvature-damping"`
	// LabelSmoothing is the s of y = (1-s)·onehot + s/K in training; evaluation keeps the labels.
	LabelSmoothing  float64    `yaml:"label-smoothing"`
	Inverse         Inverse    `yaml:"inverse"`
	Carry           bool       `yaml:"carry"`
	Solver          Solver     `yaml:"solver"`
	Rtol            float64    `yaml:"rtol"`             // singular values below rtol·σmax are dropped; 0: none but the numerically zero
	Atol            float64    `yaml:"atol"`             // singular values below atol are dropped
	Damping         Damping    `yaml:"damping"`          // Tikhonov in every system that is solved; 0: none
	DampingSchedule Schedule   `yaml:"damping-schedule"` // how λ goes on
	LineSearch      LineSearch `yaml:"line-search"`      // on the batch loss
	Memory          Memory     `yaml:"memory"`           // of the last change
	InverseNoise    float64    `yaml:"inverse-noise"`    // relative norm of noise on every solution
	Legacy          bool       `yaml:"legacy"`           // the released configuration's truncated step: rtol 1e-2, no carrying
	RequireExact    float64    `yaml:"require-exact"`    // largest certificate allowed; 0: no limit
	Momentum        float64    `yaml:"momentum"`         // momentum, muon
	Beta1           float64    `yaml:"beta1"`            // adam, adamw
	Beta2           float64    `yaml:"beta2"`            // adam, adamw
	Eps             float64    `yaml:"eps"`              // adam, adamw
	WeightDecay     float64    `yaml:"weight-decay"`     // sgd, momentum, adam: added to the gradient; adamw, muon: decoupled
	KFACDamping     float64    `yaml:"kfac-damping"`     // kfac: λ before the first step

	// Length and order.
	BatchSize int    `yaml:"batch-size"` // B; 0 with FullBatch
	FullBatch bool   `yaml:"full-batch"` // B = the number of training samples
	Epochs    int    `yaml:"epochs"`     // 0: no limit by epochs
	Steps     int    `yaml:"steps"`      // 0: no limit by steps
	Seed      uint64 `yaml:"seed"`
	Switch    Switch `yaml:"switch"` // changes the optimizer under way

	// Machine.
	DType   DType  `yaml:"dtype"`
	Backend string `yaml:"backend"`
	Devices int    `yaml:"devices"` // that share the hidden dimension
	Offline bool   `yaml:"offline"`
	// Activations and MemoryLimit say what a step may keep on the device.
	Activations Activations `yaml:"activations"`
	MemoryLimit int64       `yaml:"memory-limit"` // bytes; 0 ("auto" in text): most of what the host has left

	// Record.
	Out             string    `yaml:"-"`          // run directory, "": chosen under runs/
	Resume          bool      `yaml:"-"`          // go on with the run in Out, or begin it there
	TimeLimit       Duration  `yaml:"time-limit"` // of the whole command; 0: none
	Name            string    `yaml:"name"`       // "": from preset, optimizer and seed
	CheckpointEvery int       `yaml:"checkpoint-every"`
	EvalEvery       int       `yaml:"eval-every"`
	Measure         bool      `yaml:"measure"`
	Heldout         int       `yaml:"heldout"`
	ProbeEvery      int       `yaml:"probe-every"` // 0: never
	TensorBoard     bool      `yaml:"tensorboard"` // event files in the run directory
	MLflow          string    `yaml:"-"`           // directory of an MLflow file store, "": none
	LogFormat       LogFormat `yaml:"log-format"`
}

// Default returns what a bare `revgn train` runs: the digits preset with gn.
func Default() Options {
	o := common()
	presets()[0].apply(&o, GN)
	return o
}

// common returns the values that no preset decides.
func common() Options {
	return Options{
		Activation: ReLU, FirstActivation: Identity, InitStd: 1e-3, ProjGain: 1, Bias: true, OutputScale: 1,
		Whiten: WhitenNone, Loss: CrossEntropy, Curvature: CurvatureIdentity, Inverse: Inverse{Kind: InverseSplit}, Carry: true, Solver: SolverAuto,
		CurvatureDamping: 0.1, DampingSchedule: ScheduleFixed, LineSearch: SearchNone, Memory: Memory{Kind: MemoryNone},
		Momentum: 0.9, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, KFACDamping: 0.01,
		Seed: 42, DType: F32, Backend: "auto", Devices: 1, Activations: ActivationsAuto,
		Measure: true, Heldout: 256, TensorBoard: true, LogFormat: LogText,
	}
}

// Batch returns B for n training samples.
func (o *Options) Batch(n int) int {
	if o.FullBatch {
		return n
	}
	return o.BatchSize
}

// StepsPerEpoch returns the whole batches in n training samples, at least 1;
// the last partial batch is dropped.
func (o *Options) StepsPerEpoch(n int) int { return max(1, n/max(1, o.Batch(n))) }

// EvaluatesAt tells whether a run of perEpoch steps an epoch is evaluated after a step, wherever it ends.
func (o *Options) EvaluatesAt(step, perEpoch int) bool {
	every := o.EvalEvery
	if every == 0 {
		every = perEpoch
	}
	return step%every == 0
}

// TotalSteps returns the steps of the whole run over n training samples: the
// smaller of the limits by steps and by epochs that are set.
func (o *Options) TotalSteps(n int) int {
	total := o.Epochs * o.StepsPerEpoch(n)
	if o.Steps > 0 && (total == 0 || o.Steps < total) {
		total = o.Steps
	}
	return total
}

// RunName returns Name, or PRESET-OPTIMIZER-seedN where it is empty; on other data
// than the preset's the data set stands for the preset (of csv:FILE the csv).
func (o *Options) RunName() string {
	if o.Name != "" {
		return o.Name
	}
	what := o.Preset
	if p, err := Preset(o.Preset, o.Optimizer); err == nil && p.Dataset != o.Dataset {
		what, _, _ = strings.Cut(o.Dataset, ":")
	}
	return what + "-" + string(o.Optimizer) + "-seed" + formatUint(o.Seed)
}
