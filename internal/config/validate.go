// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"revgn/internal/nearest"
	"revgn/internal/task"
)

const (
	datasetForms = "digits|mnist|fashion-mnist|cifar10|cifar100|csv:FILE|npz:FILE|teacher|synthetic"
	backendForms = "auto|go|xla:cpu|xla:cuda|xla:tpu|FILE.so"
)

// Validate returns nil, or one line on the first thing that is wrong.
func (o *Options) Validate() error {
	for _, check := range []func() error{
		o.checkEnums, o.checkText, o.checkSamples, o.checkSizes, o.checkFloats, o.checkLength, o.checkExact, o.checkCut, o.checkRegular, o.checkSwitch, o.checkDevices,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	_, err := o.Inverse.BlockWeights(o.Blocks)
	return err
}

// checkEnums matters to programs that fill the struct without flags.
func (o *Options) checkEnums() error {
	c := *o // Set writes; it must not write here
	return cmp.Or(
		named("preset", enumValue[string]{p: &c.Preset, allowed: PresetNames()}.Set(o.Preset)),
		named("activation", enumValue[Activation]{p: &c.Activation, allowed: activations()}.Set(string(o.Activation))),
		named("first-activation", enumValue[Activation]{p: &c.Activation, allowed: activations()}.Set(string(o.FirstActivation))),
		named("optimizer", enumValue[Optimizer]{p: &c.Optimizer, allowed: optimizers()}.Set(string(o.Optimizer))),
		named("loss", enumValue[Loss]{p: &c.Loss, allowed: losses()}.Set(string(o.Loss))),
		named("curvature", enumValue[Curvature]{p: &c.Curvature, allowed: curvatures()}.Set(string(o.Curvature))),
		named("solver", enumValue[Solver]{p: &c.Solver, allowed: solvers()}.Set(string(o.Solver))),
		named("damping-schedule", enumValue[Schedule]{p: &c.DampingSchedule, allowed: schedules()}.Set(string(o.DampingSchedule))),
		named("line-search", enumValue[LineSearch]{p: &c.LineSearch, allowed: lineSearches()}.Set(string(o.LineSearch))),
		named("activations", enumValue[Activations]{p: &c.Activations, allowed: activationModes()}.Set(string(o.Activations))),
		named("dtype", enumValue[DType]{p: &c.DType, allowed: dtypes()}.Set(string(o.DType))),
		named("log-format", enumValue[LogFormat]{p: &c.LogFormat, allowed: logFormats()}.Set(string(o.LogFormat))),
	)
}

func (o *Options) checkText() error {
	for _, t := range []struct{ name, value string }{
		{"dataset", o.Dataset}, {"data-dir", o.DataDir}, {"backend", o.Backend}, {"out", o.Out}, {"name", o.Name}, {"mlflow", o.MLflow},
	} {
		if !utf8.ValidString(t.value) || strings.ContainsFunc(t.value, unicode.IsControl) {
			return fmt.Errorf("%s: got %q; control characters and broken UTF-8 are not allowed", t.name, t.value)
		}
	}
	if strings.Contains(o.MLflow, "://") {
		return fmt.Errorf("mlflow: got %q; want a directory, such as mlruns (no address: runs are written as files, and `mlflow server` can serve the directory)", o.MLflow)
	}
	if strings.ContainsAny(o.Name, `/\`) || o.Name == "." || o.Name == ".." {
		return fmt.Errorf("name: got %q; a name holds no path (use --out for a directory)", o.Name)
	}
	return cmp.Or(checkDataset(o.Dataset), checkBackend(o.Backend))
}

func checkDataset(s string) error {
	forms := strings.Split(datasetForms, "|")
	for _, form := range forms {
		prefix, isFile := strings.CutSuffix(form, "FILE")
		if s == form && !isFile || isFile && strings.HasPrefix(s, prefix) && len(s) > len(prefix) {
			return nil
		}
	}
	if task.Is(s) {
		_, err := task.Parse(s)
		return named("dataset", err)
	}
	kind, _, _ := strings.Cut(s, ":")
	hint := nearest.Hint(kind, forms)
	if form := strings.TrimPrefix(strings.ToLower(filepath.Ext(s)), "."); form == "csv" || form == "npz" {
		hint = fmt.Sprintf("; did you mean %q?", form+":"+s)
	}
	return fmt.Errorf("dataset: got %q; allowed: %s%s", s, strings.Join(forms, ", "), hint)
}

func checkBackend(s string) error {
	forms := strings.Split(backendForms, "|")
	for _, form := range forms[:len(forms)-1] {
		if s == form {
			return nil
		}
	}
	if strings.ContainsAny(s, `/\`) || strings.HasSuffix(s, ".so") || strings.HasSuffix(s, ".dylib") {
		return nil
	}
	return fmt.Errorf("backend: got %q; allowed: %s%s", s, strings.Join(forms, ", "), nearest.Hint(s, forms))
}

func (o *Options) checkSizes() error {
	for _, s := range []struct {
		name       string
		value      int
		low, high  int
		ifTooSmall string
	}{
		{"train-size", o.TrainSize, 0, 1e9, "use all for every sample"},
		{"blocks", o.Blocks, 1, 1000, "the published networks have 2 and 6"},
		{"hidden", o.Hidden, 1, 1e7, "an exact step needs hidden+1 >= the batch size"},
		{"batch-size", o.BatchSize, 0, 1e8, "use --full-batch for all samples"},
		{"epochs", o.Epochs, 0, 1e9, "use --steps to end earlier"},
		{"steps", o.Steps, 0, 1e12, "leave it out to go by epochs"},
		{"checkpoint-every", o.CheckpointEvery, 0, 1e12, "0 keeps the newest two"},
		{"eval-every", o.EvalEvery, 0, 1e12, "0 evaluates after each epoch"},
		{"heldout", o.Heldout, 0, 1e8, "0 measures no held-out batch"},
		{"probe-every", o.ProbeEvery, 0, 1e12, "0 never probes"},
	} {
		if s.value < s.low || s.value > s.high {
			return fmt.Errorf("%s: got %d; allowed: %d to %d (%s)", s.name, s.value, s.low, s.high, s.ifTooSmall)
		}
	}
	return nil
}

func (o *Options) checkLength() error {
	switch {
	case o.FullBatch && o.BatchSize != 0:
		return fmt.Errorf("batch-size: got %d together with full-batch; give one of the two", o.BatchSize)
	case !o.FullBatch && o.BatchSize == 0:
		return errors.New("batch-size: got 0; allowed: 1 or more (or --full-batch)")
	case o.TrainSize > 0 && o.BatchSize > o.TrainSize:
		return fmt.Errorf("batch-size: got %d; allowed: at most the train-size %d (or --full-batch)", o.BatchSize, o.TrainSize)
	case o.Epochs == 0 && o.Steps == 0:
		return errors.New("epochs: got 0 and no steps; give --epochs or --steps of 1 or more")
	}
	return nil
}

// checkExact refuses require-exact where no step can meet it.
func (o *Options) checkExact() error {
	if o.RequireExact == 0 {
		return nil
	}
	if o.Optimizer != GN {
		return fmt.Errorf("require-exact: got %v with optimizer %s, which has no certificate; use --optimizer gn", o.RequireExact, o.Optimizer)
	}
	if b := o.knownBatch(); o.FeatureRank() < b {
		return fmt.Errorf("require-exact: got %v, but the rank condition fails: hidden %d gives rank at most %d for a batch of %d; use --hidden %d or more, or a smaller --batch-size",
			o.RequireExact, o.Hidden, o.FeatureRank(), b, b)
	}
	return nil
}

// checkCut refuses a cut that the solver or the inverse cannot make, and a legacy step
// that is changed.
func (o *Options) checkCut() error {
	asked := o.Rtol > 0 || o.Atol > 0 || o.Solver == SolverSpectral
	switch {
	case o.Solver == SolverCG && o.Inverse.Kind != InverseMinNorm && o.Inverse.Kind != InverseMix:
		return errors.New("solver: got cg, which solves for the whole kernel; use it with --inverse min-norm or mix:TAU")
	case o.Solver == SolverCG && (o.Rtol > 0 || o.Atol > 0):
		return errors.New("solver: got cg with a cut; use --solver spectral or auto")
	case o.Solver == SolverCholesky && (o.Rtol > 0 || o.Atol > 0):
		return errors.New("solver: got cholesky with a cut; use --solver spectral or auto")
	case o.Legacy && (asked || o.Solver == SolverCholesky || o.Inverse.Kind != InverseSplit || o.Curvature != CurvatureIdentity):
		return errors.New("legacy: it fixes solver, rtol, atol, inverse and curvature; leave them out")
	}
	return nil
}

// FeatureRank returns the columns of the augmented features Φ, the largest rank that
// they can have: h+1, or h without a bias.
func (o *Options) FeatureRank() int {
	if o.Bias {
		return o.Hidden + 1
	}
	return o.Hidden
}

// knownBatch returns B where the options alone decide it, else 0.
func (o *Options) knownBatch() int { return o.Batch(o.TrainSize) }

func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
