// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"pgregory.net/rapid"
)

// other is a value that an option may have and does not have by default.
func other(name string) string {
	return map[string]string{
		"preset": "mnist-minibatch", "config": "x.yaml", "dataset": "mnist", "data-dir": "d", "train-size": "100", "augment": "crop", "label-noise": "0.1", "whiten": "pca",
		"blocks": "3", "hidden": "77", "activation": "tanh", "first-activation": "relu", "init-std": "0.5", "proj-gain": "2", "bias": "false", "linearised": "true",
		"output-scale": "2", "optimizer": "adam", "lr": "0.123", "loss": "mse", "curvature": "exact", "curvature-damping": "0.7", "label-smoothing": "0.1",
		"inverse": "last", "carry": "false", "solver": "cholesky", "rtol": "0.01", "atol": "0.01", "damping": "rel:0.1", "damping-schedule": "lm", "line-search": "armijo",
		"memory": "spring:0.5", "inverse-noise": "0.1", "legacy": "true", "require-exact": "0.1", "momentum": "0.5", "beta1": "0.5", "beta2": "0.5", "eps": "1e-3",
		"weight-decay": "0.3", "kfac-damping": "0.3", "batch-size": "7", "full-batch": "true", "epochs": "3", "steps": "5", "switch": "1:sgd", "seed": "7", "dtype": "f64",
		"backend": "go", "devices": "2", "activations": "cache", "memory-limit": "1GiB", "offline": "true", "out": "o", "resume": "true", "time-limit": "1m", "name": "n",
		"checkpoint-every": "3", "eval-every": "3", "measure": "false", "heldout": "3", "probe-every": "3", "tensorboard": "true", "mlflow": "m", "log-format": "json",
	}[name]
}

// Every option is part of a run's identity, but for those that are named: a new option is, until someone decides otherwise.
func TestIdentityKnowsEveryOption(t *testing.T) {
	std := Default()
	std.flagSet().VisitAll(func(f *pflag.Flag) {
		o := Default()
		if err := o.flagSet().Set(f.Name, other(f.Name)); err != nil {
			t.Fatalf("%s: %v (name another value in this test)", f.Name, err)
		}
		if same, placing := o.Identity() == std.Identity(), slices.Contains(Placing(), f.Name); same != placing {
			t.Errorf("%s=%s: the same identity is %v", f.Name, other(f.Name), same)
		}
	})
}

// What is as it always was has no line, so that options which are added later change no identity.
func TestIdentityText(t *testing.T) {
	o := Default()
	want := "preset=digits\ndataset=digits\nblocks=2\nhidden=2000\noptimizer=gn\nlr=0.5\nbatch-size=479\nepochs=20\n"
	if got := o.Identity(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	o.Backend = "/a/plugin.so"
	p := o
	p.Backend = "/b/plugin.so"
	if o.Identity() != p.Identity() || !strings.Contains(o.Identity(), "backend=plugin.so\n") {
		t.Error("the same plugin in another place is another run")
	}
}

func TestSettled(t *testing.T) {
	for _, c := range []struct{ flags, unlike string }{
		{"--optimizer adam --curvature exact --inverse last --carry=false", "--optimizer adam"},
		{"--optimizer adam --require-exact 1e-3 --activations recompute", "--optimizer adam"},
		{"--optimizer gn --beta1 0.5 --momentum 0.3", ""},
		{"--curvature-damping 3", ""},
		{"--optimizer muon --momentum 0.9", "--optimizer muon --momentum 0.9"},
		{"--optimizer kfac --weight-decay 0.3", "--optimizer kfac"},
		{"--optimizer adam --switch 2:gn --curvature exact", "--optimizer adam --switch 2:gn --curvature exact"},
		{"--inverse min-norm --carry=false", "--inverse min-norm"},
	} {
		a, b := settled(t, c.flags), settled(t, c.unlike)
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("%s is not %q: %s", c.flags, c.unlike, diff)
		}
		if w := a.Warnings(); len(w) > 0 && c.flags != "--inverse min-norm --carry=false" {
			t.Errorf("%s: %q", c.flags, w)
		}
	}
}

func settled(t *testing.T, flags string) Options {
	t.Helper()
	var given []Given
	for _, arg := range strings.Fields(strings.NewReplacer("=", " ").Replace(flags)) {
		if name, ok := strings.CutPrefix(arg, "--"); ok {
			given = append(given, Given{Name: name})
		} else {
			given[len(given)-1].Value = arg
		}
	}
	o, err := Assemble(given)
	if err != nil {
		t.Fatal(err)
	}
	o, _, err = o.Settled()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Options are their own command line again, whatever was given.
func TestArgsProperties(t *testing.T) {
	var names []string
	std := Default()
	std.flagSet().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains([]string{"config", "out", "resume"}, f.Name) {
			names = append(names, f.Name)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		var given []Given
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 8, rapid.ID).Draw(t, "options") {
			given = append(given, Given{Name: name, Value: other(name)})
		}
		o, err := Assemble(given)
		if err != nil {
			t.Fatal(err)
		}
		args, err := o.Args()
		if err != nil {
			t.Fatal(err)
		}
		again := Default()
		fs := again.flagSet()
		if err := fs.Parse(args); err != nil {
			t.Fatal(err)
		}
		var back []Given
		fs.Visit(func(f *pflag.Flag) { back = append(back, Given{Name: f.Name, Value: f.Value.String()}) })
		same, err := Assemble(back)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o, same); diff != "" {
			t.Errorf("%q: %s", args, diff)
		}
	})
}
