// SPDX-License-Identifier: Apache-2.0

package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// resolve parses args as `revgn train` does.
func resolve(args ...string) (Options, error) {
	o := Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	fs.SetOutput(new(strings.Builder))
	o.AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		return Options{}, err
	}
	return Resolve(fs)
}

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBareTrainIsTheDigitsPreset(t *testing.T) {
	o, err := resolve()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), o); diff != "" {
		t.Error(diff)
	}
	if o.Preset != "digits" || o.Dataset != "digits" || o.Blocks != 2 || o.Hidden != 2000 || o.Optimizer != GN {
		t.Errorf("got %+v", o)
	}
	if w := o.Warnings(); len(w) != 0 {
		t.Errorf("warnings on the default: %q", w)
	}
}

func TestPrecedence(t *testing.T) {
	file := writeConfig(t, "preset: mnist-fullbatch\nlr: 0.25\nseed: 7\n")
	for _, c := range []struct {
		name string
		args []string
		want func(o *Options) bool
	}{
		{"preset alone", []string{"--preset=mnist-minibatch"}, func(o *Options) bool { return o.LR == 0.2 && o.BatchSize == 1000 && o.Dataset == "mnist" }},
		{"preset of the file", []string{"--config", file}, func(o *Options) bool {
			return o.Preset == "mnist-fullbatch" && o.FullBatch && o.TrainSize == 1024 && o.LR == 0.25
		}},
		{"flag over file's preset", []string{"--config", file, "--preset=digits"}, func(o *Options) bool { return o.Dataset == "digits" && o.LR == 0.25 }},
		{"flag over file", []string{"--config", file, "--lr=0.5"}, func(o *Options) bool { return o.LR == 0.5 && o.Seed == 7 }},
		{"flag at the preset's value still wins", []string{"--config", file, "--lr=1"}, func(o *Options) bool { return o.LR == 1 }},
		{"optimizer chooses the rate", []string{"--preset=cifar10-fullbatch", "--optimizer=adam"}, func(o *Options) bool { return o.LR == 1e-5 }},
		{"adamw decays by default", []string{"--optimizer=adamw"}, func(o *Options) bool { return o.WeightDecay == 0.01 }},
		{"muon's momentum is its own", []string{"--optimizer=muon"}, func(o *Options) bool { return o.Momentum == 0.95 && o.WeightDecay == 0 }},
		{"momentum given to muon", []string{"--optimizer=muon", "--momentum=0.9"}, func(o *Options) bool { return o.Momentum == 0.9 }},
		{"batch-size turns off full-batch", []string{"--preset=mnist-fullbatch", "--batch-size=256"}, func(o *Options) bool { return !o.FullBatch && o.BatchSize == 256 }},
		{"full-batch clears batch-size", []string{"--full-batch"}, func(o *Options) bool { return o.FullBatch && o.BatchSize == 0 }},
		{"steps clears epochs", []string{"--steps=60"}, func(o *Options) bool { return o.Steps == 60 && o.Epochs == 0 }},
		{"both limits stay", []string{"--steps=60", "--epochs=3"}, func(o *Options) bool { return o.Steps == 60 && o.Epochs == 3 }},
		{"train-size all", []string{"--preset=mnist-fullbatch", "--train-size=all"}, func(o *Options) bool { return o.TrainSize == 0 }},
		{"bool without a value", []string{"--offline", "--carry=false"}, func(o *Options) bool { return o.Offline && !o.Carry }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := resolve(c.args...)
			if err != nil {
				t.Fatal(err)
			}
			if !c.want(&o) {
				t.Errorf("got %+v", o)
			}
		})
	}
}

// The settings published with arXiv 2411.07979, written down a second time.
func TestPublishedPresets(t *testing.T) {
	for _, c := range []struct {
		preset            string
		blocks, train     int
		batch             int
		gn, adam, sgd     float64
		momentum, decayed float64
		muon              float64
	}{
		{"mnist-minibatch", 2, 0, 1000, 0.2, 1e-4, 0.1, 0.01, 1e-4, 0.03},
		{"mnist-fullbatch", 2, 1024, 0, 1, 1e-4, 0.1, 0.01, 1e-4, 0.03},
		{"cifar10-minibatch", 6, 0, 1000, 0.6, 1e-4, 0.01, 0.001, 1e-4, 0.01},
		{"cifar10-fullbatch", 6, 1024, 0, 1, 1e-5, 0.01, 0.001, 1e-5, 0.01},
	} {
		for optimizer, lr := range map[Optimizer]float64{GN: c.gn, Adam: c.adam, SGD: c.sgd, Momentum: c.momentum, AdamW: c.decayed, Muon: c.muon, KFAC: 1} {
			o, err := Preset(c.preset, optimizer)
			if err != nil {
				t.Fatal(err)
			}
			if o.LR != lr || o.Blocks != c.blocks || o.TrainSize != c.train || o.BatchSize != c.batch || o.FullBatch != (c.batch == 0) ||
				o.Hidden != 8000 || o.Epochs != 100 || o.DType != F32 || o.InitStd != 1e-3 || o.Loss != CrossEntropy || !o.Bias {
				t.Errorf("%s %s: got %+v", c.preset, optimizer, o)
			}
			if err := o.Validate(); err != nil {
				t.Errorf("%s %s: %v", c.preset, optimizer, err)
			}
			if w := o.Warnings(); len(w) != 0 {
				t.Errorf("%s %s: warnings %q", c.preset, optimizer, w)
			}
		}
	}
}

func TestTotalSteps(t *testing.T) {
	for _, c := range []struct {
		o             Options
		n, epoch, all int
	}{
		{Options{BatchSize: 479, Epochs: 20}, 1437, 3, 60},
		{Options{BatchSize: 1000, Epochs: 100, Steps: 60}, 60000, 60, 60},
		{Options{BatchSize: 1000, Steps: 10000}, 60000, 60, 10000},
		{Options{BatchSize: 1000, Epochs: 1, Steps: 10000}, 60000, 60, 60},
		{Options{FullBatch: true, Epochs: 7}, 1024, 1, 7},
		{Options{BatchSize: 400, Epochs: 2}, 1437, 3, 6},
	} {
		if e, a := c.o.StepsPerEpoch(c.n), c.o.TotalSteps(c.n); e != c.epoch || a != c.all {
			t.Errorf("%+v over %d: %d a pass, %d in all; want %d, %d", c.o, c.n, e, a, c.epoch, c.all)
		}
	}
}

// A run on other data than the preset's is not called after the preset.
func TestRunName(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "digits-gn-seed42"},
		{"--preset mnist-fullbatch --optimizer adam --seed 7", "mnist-fullbatch-adam-seed7"},
		{"--dataset mnist", "mnist-gn-seed42"},
		{"--dataset csv:/data/a.csv", "csv-gn-seed42"},
		{"--dataset npz:a.npz --name mine", "mine"},
	} {
		o, err := resolve(strings.Fields(c.args)...)
		if got := o.RunName(); err != nil || got != c.want {
			t.Errorf("%q: got %q (%v), want %q", c.args, got, err, c.want)
		}
	}
}
