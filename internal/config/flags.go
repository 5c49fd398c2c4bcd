// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/spf13/pflag"

// presetDecides ends the usage of options whose default depends on the preset.
const presetDecides = "; by preset, shown: digits with gn"

// AddFlags adds every option of train to fs, bound to o, with o's values as the
// defaults. Flags keep the order of the struct.
func (o *Options) AddFlags(fs *pflag.FlagSet) {
	fs.SortFlags = false
	listed(fs, enumValue[string]{p: &o.Preset, allowed: PresetNames()}, "preset", "start from these settings")
	fs.Var(stringValue{&o.Config, "FILE"}, "config", "read options from a YAML file; they override the preset, flags override them")
	o.addData(fs)
	o.addNetwork(fs)
	o.addStep(fs)
	o.addBaselines(fs)
	o.addLength(fs)
	o.addRecord(fs)
}

func (o *Options) addData(fs *pflag.FlagSet) {
	listed(fs, stringValue{&o.Dataset, datasetForms}, "dataset", "what to train on; teacher and synthetic take options, such as teacher:width=32,seed=2")
	fs.Var(stringValue{&o.DataDir, "DIR"}, "data-dir", "where data sets lie (default $REVGN_DATA, else the user's cache directory)")
	fs.Var(intValue{&o.TrainSize, "all"}, "train-size", "train on the first N samples")
	listed(fs, augmentValue{&o.Augment}, "augment", "vary training samples anew each epoch")
	fs.Var(floatValue{&o.LabelNoise}, "label-noise", "probability that a training label is replaced by another class; (K-1)/K gives random labels")
	fs.Var(enumValue[Whiten]{p: &o.Whiten, allowed: whitens()}, "whiten", "whiten samples by a map fitted on the training part")
}

func (o *Options) addNetwork(fs *pflag.FlagSet) {
	fs.Var(intValue{p: &o.Blocks}, "blocks", "reversible blocks L"+presetDecides)
	fs.Var(intValue{p: &o.Hidden}, "hidden", "width h of a coupling's frozen expansion"+presetDecides)
	listed(fs, enumValue[Activation]{p: &o.Activation, allowed: activations()}, "activation", "nonlinearity of the blocks after the first")
	listed(fs, enumValue[Activation]{p: &o.FirstActivation, allowed: activations()}, "first-activation", "nonlinearity of the first block")
	fs.Var(floatValue{&o.InitStd}, "init-std", "standard deviation of the trainable weights at the start")
	fs.Var(floatValue{&o.ProjGain}, "proj-gain", "gain of the frozen expansion, C ~ N(0, gain²/h)")
	boolFlag(fs, &o.Bias, "bias", "train a bias in each coupling")
	boolFlag(fs, &o.Linearised, "linearised", "train the network's linearisation at its initial weights: features that never change")
	fs.Var(floatValue{&o.OutputScale}, "output-scale", "multiply what training adds to the logits by s > 0: a large s forces lazy training, a small one forbids it")
}

func (o *Options) addStep(fs *pflag.FlagSet) {
	listed(fs, enumValue[Optimizer]{p: &o.Optimizer, allowed: optimizers()}, "optimizer", "rule of the update")
	fs.Var(floatValue{&o.LR}, "lr", "learning rate; for gn the step α > 0, 1 is the whole Gauss-Newton step"+presetDecides)
	fs.Var(enumValue[Loss]{p: &o.Loss, allowed: losses()}, "loss", "training loss, mean over samples")
	fs.Var(enumValue[Curvature]{p: &o.Curvature, allowed: curvatures()}, "curvature", "gn: curvature H of the loss")
	fs.Var(floatValue{&o.CurvatureDamping}, "curvature-damping", "gn: λ > 0 of curvature damped, H + λI")
	fs.Var(floatValue{&o.LabelSmoothing}, "label-smoothing", "share of each training label that is spread over all classes")
	listed(fs, inverseValue{&o.Inverse}, "inverse", "gn: which of the changes that do the same on the batch")
	boolFlag(fs, &o.Carry, "carry", "gn: upper blocks take over what lower blocks cannot reach")
	fs.Var(enumValue[Solver]{p: &o.Solver, allowed: solvers()}, "solver", "gn: method for the least-squares problems")
	fs.Var(floatValue{&o.Rtol}, "rtol", "gn, approximate: drop singular values below X times the largest")
	fs.Var(floatValue{&o.Atol}, "atol", "gn, approximate: drop singular values below X")
	fs.Var(dampingValue{&o.Damping}, "damping", "gn, approximate: Tikhonov λ of mean loss + ½λ‖ΔZ‖², or rel:X of a system's mean diagonal")
	fs.Var(enumValue[Schedule]{p: &o.DampingSchedule, allowed: schedules()}, "damping-schedule", "gn: keep λ, or adapt it by the gain ratio and refuse steps that raise the loss")
	fs.Var(enumValue[LineSearch]{p: &o.LineSearch, allowed: lineSearches()}, "line-search", "gn: go as far as the batch loss falls, at most lr")
	listed(fs, memoryValue{&o.Memory}, "memory", "gn: what becomes of the last change; spring keeps steps exact")
	fs.Var(floatValue{&o.InverseNoise}, "inverse-noise", "gn, approximate: add noise of X times its norm to every solution")
	boolFlag(fs, &o.Legacy, "legacy", "gn, approximate: the step of the released configuration, rtol 1e-2 and no carrying (α is its rate times L)")
	fs.Var(floatValue{&o.RequireExact}, "require-exact", "gn: stop with exit code 3 when a step's certificate is above X; 0: never")
}

func (o *Options) addBaselines(fs *pflag.FlagSet) {
	fs.Var(floatValue{&o.Momentum}, "momentum", "momentum, muon: factor of the old direction, for muon 0.95 where it is not given")
	fs.Var(floatValue{&o.Beta1}, "beta1", "adam, adamw: decay of the first moment")
	fs.Var(floatValue{&o.Beta2}, "beta2", "adam, adamw: decay of the second moment")
	fs.Var(floatValue{&o.Eps}, "eps", "adam, adamw: added to the denominator")
	fs.Var(floatValue{&o.WeightDecay}, "weight-decay", "sgd, momentum, adam: L2 in the gradient; adamw, muon: decoupled (default 0.01 for adamw)")
	fs.Var(floatValue{&o.KFACDamping}, "kfac-damping", "kfac: damping λ of the first step, which adapts")
}

func (o *Options) addLength(fs *pflag.FlagSet) {
	fs.Var(intValue{p: &o.BatchSize}, "batch-size", "samples a step B; turns off a preset's full batch"+presetDecides)
	boolFlag(fs, &o.FullBatch, "full-batch", "every step uses all training samples")
	fs.Var(intValue{p: &o.Epochs}, "epochs", "passes over the training samples, 0: by steps; with --steps the earlier ends the run"+presetDecides)
	fs.Var(intValue{p: &o.Steps}, "steps", "end after N steps; 0: by epochs")
	fs.Var(switchValue{&o.Switch}, "switch", "go on with another optimizer after that many epochs, at the preset's rate for it")
	fs.Var(uintValue{&o.Seed}, "seed", "seed of initial weights, order of batches, label noise and augmentation")
}

func (o *Options) addRecord(fs *pflag.FlagSet) {
	fs.Var(enumValue[DType]{p: &o.DType, allowed: dtypes()}, "dtype", "floating-point type")
	listed(fs, stringValue{&o.Backend, backendForms}, "backend", "where the arithmetic runs")
	fs.Var(intValue{p: &o.Devices}, "devices", "split the hidden dimension over N devices of an XLA backend")
	fs.Var(enumValue[Activations]{p: &o.Activations, allowed: activationModes()}, "activations", "gn: cache features for the way down, or recompute them block by block")
	fs.Var(capacityValue{&o.MemoryLimit}, "memory-limit", "memory that a step may take; auto is most of what the host has left")
	boolFlag(fs, &o.Offline, "offline", "never use the network (also $REVGN_OFFLINE)")
	fs.Var(stringValue{&o.Out, "DIR"}, "out", "run directory; must not hold a run, but with --resume (default a new one under runs/)")
	boolFlag(fs, &o.Resume, "resume", "go on with the run in --out where it was stopped, with its own options, or to a longer --epochs or --steps; begin it where there is none")
	fs.Var(durationValue{&o.TimeLimit}, "time-limit", "save and end with exit code 75 before the command has taken so long, such as 90m; 0: no limit")
	fs.Var(stringValue{&o.Name, "NAME"}, "name", "name of the run (default from preset or data set, optimizer and seed)")
	fs.Var(intValue{p: &o.CheckpointEvery}, "checkpoint-every", "keep a checkpoint every N steps; 0: only the newest two")
	fs.Var(intValue{p: &o.EvalEvery}, "eval-every", "evaluate train and test sets every N steps; 0: after each epoch and at the end")
	boolFlag(fs, &o.Measure, "measure", "also measure the loss after each step and on a held-out batch (timed apart)")
	fs.Var(intValue{p: &o.Heldout}, "heldout", "samples in the held-out batch of --measure")
	fs.Var(intValue{p: &o.ProbeEvery}, "probe-every", "every N steps compare tangent kernel, stream and weights with the start, and take spectra of features; what that costs is told; 0: never")
	boolFlag(fs, &o.TensorBoard, "tensorboard", "also write metrics as TensorBoard's event files into the run directory")
	fs.Var(stringValue{&o.MLflow, "DIR"}, "mlflow", "also write the run into an MLflow file store, such as mlruns")
	fs.Var(enumValue[LogFormat]{p: &o.LogFormat, allowed: logFormats()}, "log-format", "form of progress, results and errors")
}

// listed adds a flag whose long list of values stands in its usage rather than
// beside its name, so that the help stays narrow.
func listed(fs *pflag.FlagSet, v pflag.Value, name, usage string) {
	fs.Var(v, name, usage+": `VALUE` is "+v.Type())
}

// boolFlag adds a flag that may stand without a value, as pflag's own do.
func boolFlag(fs *pflag.FlagSet, p *bool, name, usage string) {
	fs.VarPF(boolValue{p}, name, "", usage).NoOptDefVal = "true"
}
