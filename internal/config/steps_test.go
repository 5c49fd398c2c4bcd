// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestAlternative(t *testing.T) {
	adam, err := Preset("mnist-minibatch", Adam)
	if err != nil {
		t.Fatal(err)
	}
	adam.LR, adam.LabelSmoothing, adam.Switch = 3e-4, 0.1, Switch{2, SGD}
	for _, tt := range []struct {
		flags, name string
		lr          float64
	}{
		{"", "adam", 3e-4},
		{"--lr 0.5", "adam", 0.5},
		{"--optimizer adam --beta2 0.9", "adam beta2=0.9", 3e-4},
		{"--optimizer gn", "gn split", 0.2},
		{"--optimizer gn --inverse min-norm --damping 1e-3", "gn min-norm damping=0.001", 0.2},
		{"--optimizer=sgd  --lr=2", "sgd", 2},
		{"--optimizer adamw", "adamw", 1e-4},
		{"--optimizer muon", "muon", 0.03},
		{"--optimizer momentum --momentum 0.5", "momentum momentum=0.5", 0.01},
	} {
		got, err := adam.Alternative(tt.flags)
		if err != nil {
			t.Errorf("%q: %v", tt.flags, err)
			continue
		}
		name, err := got.StepName()
		if err != nil || name != tt.name || got.LR != tt.lr {
			t.Errorf("%q: %s with lr %g (%v), want %s with %g", tt.flags, name, got.LR, err, tt.name, tt.lr)
		}
		if got.LabelSmoothing != 0.1 || got.Blocks != adam.Blocks || got.Switch.Epoch != 0 {
			t.Errorf("%q: the rest of the options did not stay: %+v", tt.flags, got)
		}
	}
	for flags, want := range map[string]string{
		"--hidden 10":         "hidden",
		"--loss mse":          "loss",
		"--optimizer lion":    `got "lion"`,
		"adam":                `got "adam", which is no flag`,
		"--lr -1":             "lr",
		"--optimizer gn --lr": "lr",
	} {
		if _, err := adam.Alternative(flags); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want an error of one line with %q", flags, err, want)
		}
	}
}

// The options that steps read are options of train, and of those of the groups that it calls step and baselines none is missing but what a step lowers.
func TestStepOptionsAreThoseOfTrain(t *testing.T) {
	var o Options
	all, steps := o.flagSet(), pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addStep(steps)
	o.addBaselines(steps)
	for _, name := range stepOptions() {
		if all.Lookup(name) == nil {
			t.Errorf("%s is no option of train", name)
		}
	}
	steps.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(append(stepOptions(), "loss", "label-smoothing", "require-exact"), f.Name) {
			t.Errorf("%s is read by no optimizer's step", f.Name)
		}
	})
}

func TestAt(t *testing.T) {
	o := Default()
	o.Switch = Switch{2, Adam}
	for made, want := range map[int]Optimizer{0: GN, 5: GN, 6: Adam, 60: Adam} {
		if got, err := o.At(made, 3); err != nil || got.Optimizer != want {
			t.Errorf("after %d steps: %s (%v), want %s", made, got.Optimizer, err, want)
		}
	}
}
