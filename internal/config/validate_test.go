// SPDX-License-Identifier: Apache-2.0

package config

import (
	"math"
	"strings"
	"testing"
)

// Each refusal names the option, the value and what is allowed, in one line.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"--lr=0", []string{"lr", "got 0", "greater than 0"}},
		{"--lr=-0.5", []string{"lr", "-0.5"}},
		{"--lr=NaN", []string{"lr", "finite"}},
		{"--lr=+Inf", []string{"lr", "finite"}},
		{"--lr=1e999", []string{"lr", "finite"}},
		{"--lr=fast", []string{"lr", "fast", "want a number"}},
		{"--blocks=0", []string{"blocks", "got 0", "1 to 1000"}},
		{"--blocks=-2", []string{"blocks", "-2"}},
		{"--hidden=99999999999", []string{"hidden", "allowed"}},
		{"--hidden=999999999999999999999999", []string{"hidden", "beyond"}},
		{"--epochs=1.5", []string{"epochs", "whole number"}},
		{"--epochs=0", []string{"epochs", "--steps"}},
		{"--batch-size=0", []string{"batch-size", "--full-batch"}},
		{"--batch-size=10 --full-batch", []string{"batch-size", "full-batch", "one of the two"}},
		{"--train-size=0", []string{"train-size", "got 0", "1 or more, or all"}},
		{"--train-size=-1", []string{"train-size", "got -1", "1 or more, or all"}},
		{"--batch-size=500 --train-size=100", []string{"batch-size", "500", "100"}},
		{"--seed=-1", []string{"seed", "-1"}},
		{"--dtype=f16", []string{"dtype", "f16", "f32, f64"}},
		{"--preset=minst-minibatch", []string{"preset", "minst-minibatch", `did you mean "mnist-minibatch"`}},
		{"--optimizer=Adam", []string{"optimizer", `did you mean "adam"`}},
		{"--curvature=hessian", []string{"curvature", "hessian", "identity, exact, damped"}},
		{"--solver=cg", []string{"solver", "min-norm"}},
		{"--inverse=pinv", []string{"inverse", "pinv", "split"}},
		{"--inverse=minnorm", []string{"inverse", "minnorm", `did you mean "min-norm"`}},
		{"--inverse=mix", []string{"inverse", `did you mean "mix:TAU"`}},
		{"--inverse=mix:1.5", []string{"inverse", "mix:1.5"}},
		{"--inverse=weights:0.5,x", []string{"inverse", "weight 1", "x"}},
		{"--inverse=weights:0.5,0.6", []string{"inverse", "sum to"}},
		{"--inverse=weights:-1,2", []string{"inverse", "-1"}},
		{"--inverse=weights:1", []string{"inverse", "1 weights for 2 blocks"}},
		{"--dataset=mnits", []string{"dataset", "mnits", `did you mean "mnist"`}},
		{"--dataset=csv:", []string{"dataset", "csv:FILE"}},
		{"--dataset=teachr:width=32", []string{"dataset", "teachr", `did you mean "teacher"`}},
		{"--dataset=teacher:widht=32", []string{"dataset", "teacher", `did you mean "width"`}},
		{"--dataset=synthetic:kind=parity,k=99", []string{"dataset", "synthetic", "k: got 99"}},
		{"--label-noise=1.5", []string{"label-noise", "1.5", "0 to 1"}},
		{"--whiten=zac", []string{"whiten", `did you mean "zca"`}},
		{"--whiten=pca --augment=flip", []string{"augment", "flip", "whiten pca", "--whiten zca"}},
		{"--backend=xla:gpu", []string{"backend", "xla:gpu", `did you mean "xla:cuda"`}},
		{"--backend=cuda", []string{"backend", `got "cuda"`, `did you mean "xla:cuda"`}},
		{"--backend=tpu", []string{"backend", `got "tpu"`, `did you mean "xla:tpu"`}},
		{"--name=../x", []string{"name", "path"}},
		{"--mlflow=http://localhost:5000", []string{"mlflow", "want a directory"}},
		{"--measure=maybe", []string{"measure", "true, false"}},
		{"--beta1=1", []string{"beta1", "below 1"}},
		{"--require-exact=1e-4 --optimizer=adam", []string{"require-exact", "adam", "certificate"}},
		{"--require-exact=1e-4 --hidden=100", []string{"require-exact", "rank", "--hidden 479"}},
		{"--output-scale=0", []string{"output-scale", "got 0", "1e-6 to 1e6"}},
		{"--output-scale=-1", []string{"output-scale", "-1"}},
		{"--output-scale=NaN", []string{"output-scale", "finite"}},
		{"--linearised=yes-please", []string{"linearised", "true, false"}},
		{"--require-exact=-1", []string{"require-exact", "-1"}},
		{"--augment=corp", []string{"augment", "corp", `did you mean "crop"`}},
		{"--switch=adam", []string{"switch", "EPOCH:OPTIMIZER"}},
		{"--switch=0:adam", []string{"switch", "1 or more"}},
		{"--switch=5:adma", []string{"switch", `did you mean "adam"`}},
		{"--switch=5:gn", []string{"switch", "already"}},
		{"--switch=50:adam", []string{"switch", "before the end"}},
		{"--rtol=1", []string{"rtol"}},
		{"--solver=cholesky --rtol=0.01", []string{"solver", "spectral"}},
		{"--inverse=min-norm --solver=cg --rtol=0.01", []string{"solver", "cut"}},
		{"--legacy --inverse=last", []string{"legacy", "leave them out"}},
		{"--resume", []string{"resume"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			_, err := resolve(strings.Fields(c.args)...)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

// A program fills the struct without flags: the same checks hold.
func TestValidateStruct(t *testing.T) {
	for name, spoil := range map[string]func(o *Options){
		"lr NaN":            func(o *Options) { o.LR = math.NaN() },
		"lr Inf":            func(o *Options) { o.LR = math.Inf(1) },
		"eps NaN":           func(o *Options) { o.Eps = math.NaN() },
		"decay Inf":         func(o *Options) { o.WeightDecay = math.Inf(1) },
		"weight NaN":        func(o *Options) { o.Inverse = Inverse{Kind: InverseWeights, Weights: []float64{math.NaN(), 1}} },
		"damped by nothing": func(o *Options) { o.Curvature, o.CurvatureDamping = CurvatureDamped, 0 },
		"smoothing 1":       func(o *Options) { o.LabelSmoothing = 1 },
		"inverse":           func(o *Options) { o.Inverse = Inverse{} },
		"dtype":             func(o *Options) { o.DType = "" },
		"activation":        func(o *Options) { o.FirstActivation = "sine" },
		"preset":            func(o *Options) { o.Preset = "" },
		"negative heldout":  func(o *Options) { o.Heldout = -1 },
		"control char":      func(o *Options) { o.Name = "a\nb" },
		"broken utf-8":      func(o *Options) { o.DataDir = "\xff" },
		"both batches":      func(o *Options) { o.FullBatch = true },
	} {
		o := Default()
		spoil(&o)
		if o.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	o := Default()
	if err := o.Validate(); err != nil {
		t.Error(err)
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--lr=1.5", "overshoots"},
		{"--hidden=100", "projections"},
		{"--hidden=478 --bias=false", "projections"},
		{"--preset=mnist-fullbatch --hidden=1000", "projections"},
		{"--optimizer=adam --inverse=last", "inverse has no effect"},
		{"--beta1=0.5", "beta1 has no effect"},
		{"--hidden=478", ""}, // 478 + 1 columns for 479 samples: the condition just holds
		{"--lr=1", ""},
		{"--output-scale=10", ""},
		{"--linearised", ""},
		{"--linearised --output-scale=10", "the same way under gn at any scale"},
		{"--optimizer=sgd --output-scale=10", "use --lr 0.001"},
		{"--optimizer=adam --output-scale=0.1", "use --lr 0.01"},
		{"--optimizer=sgd --output-scale=10 --lr=0.001", ""},
		{"--optimizer=sgd --lr=3 --hidden=10", ""},
	} {
		o, err := resolve(strings.Fields(c.args)...)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(o.Warnings(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.args, got, c.want)
		}
	}
}

func TestBlockWeights(t *testing.T) {
	for _, c := range []struct {
		form string
		want []float64
	}{
		{"split", []float64{0.25, 0.25, 0.25, 0.25}},
		{"last", []float64{0, 0, 0, 1}},
		{"first", []float64{1, 0, 0, 0}},
		{"weights:0.5,0,0.25,0.25", []float64{0.5, 0, 0.25, 0.25}},
	} {
		inv, err := ParseInverse(c.form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := inv.BlockWeights(4)
		if err != nil {
			t.Fatal(err)
		}
		for l := range got {
			if got[l] != c.want[l] {
				t.Errorf("%s: got %v, want %v", c.form, got, c.want)
			}
		}
		if inv.String() != c.form {
			t.Errorf("%q reads back as %q", c.form, inv)
		}
	}
}
