// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Property: the file that Resolved writes gives the same options, bit by bit.
func TestResolvedRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		if err := o.Validate(); err != nil {
			t.Skip(err)
		}
		text, err := o.Resolved()
		if err != nil {
			t.Fatal(err)
		}
		layer, err := parseFile(dir, text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		again, err := base(layer)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.lay(layer); err != nil {
			t.Fatal(err)
		}
		again.Out = o.Out // where a run went is not repeated
		if diff := cmp.Diff(o, again); diff != "" {
			t.Fatalf("%s\nin\n%s", diff, text)
		}
	})
}

func drawOptions(t *rapid.T) Options {
	o, err := Preset(rapid.SampledFrom(PresetNames()).Draw(t, "preset"), rapid.SampledFrom(optimizers()).Draw(t, "optimizer"))
	if err != nil {
		t.Fatal(err)
	}
	positive := rapid.Float64Range(math.SmallestNonzeroFloat64, math.MaxFloat64)
	below1 := rapid.Float64Range(0, math.Nextafter(1, 0))
	o.LR, o.ProjGain, o.Eps = positive.Draw(t, "lr"), positive.Draw(t, "gain"), positive.Draw(t, "eps")
	o.Momentum, o.Beta1, o.Beta2 = below1.Draw(t, "momentum"), below1.Draw(t, "beta1"), below1.Draw(t, "beta2")
	o.LabelSmoothing, o.CurvatureDamping = below1.Draw(t, "smoothing"), positive.Draw(t, "curvature damping")
	o.Damping = Damping{positive.Draw(t, "damping"), rapid.Bool().Draw(t, "relative")}
	o.Memory = rapid.SampledFrom([]Memory{{Kind: MemoryNone}, {MemoryHeavyBall, below1.Draw(t, "beta")}, {MemorySpring, below1.Draw(t, "beta")}}).Draw(t, "memory")
	o.LineSearch, o.InverseNoise = rapid.SampledFrom(lineSearches()).Draw(t, "search"), positive.Draw(t, "noise")
	o.Curvature = rapid.SampledFrom(curvatures()).Draw(t, "curvature")
	o.Linearised, o.OutputScale = rapid.Bool().Draw(t, "linearised"), rapid.Float64Range(1e-6, 1e6).Draw(t, "scale")
	o.Seed = rapid.Uint64().Draw(t, "seed")
	o.Blocks = 2
	a := rapid.Float64Range(0, 1).Draw(t, "w")
	o.Inverse = rapid.SampledFrom([]Inverse{{Kind: InverseSplit}, {Kind: InverseLast}, {Kind: InverseWeights, Weights: []float64{a, 1 - a}}, {Kind: InverseMinNorm}, {Kind: InverseMix, Tau: a}}).Draw(t, "inverse")
	o.Bias, o.Carry, o.Measure = rapid.Bool().Draw(t, "bias"), rapid.Bool().Draw(t, "carry"), rapid.Bool().Draw(t, "measure")
	if rapid.Bool().Draw(t, "full") {
		o.FullBatch, o.BatchSize = true, 0
	}
	if rapid.Bool().Draw(t, "steps") {
		o.Steps = rapid.IntRange(1, 1e9).Draw(t, "limit")
		o.Epochs = rapid.IntRange(0, 10).Draw(t, "epochs")
	}
	o.Name, o.DataDir = rapid.String().Draw(t, "name"), rapid.String().Draw(t, "dir")
	o.Dataset = "csv:" + rapid.StringN(1, 8, -1).Draw(t, "file")
	o.Augment = Augment{Crop: rapid.Bool().Draw(t, "crop"), Flip: rapid.Bool().Draw(t, "flip"), Noise: rapid.SampledFrom([]float64{0, 1e-300, 0.1}).Draw(t, "noise")}
	o.LabelNoise, o.Whiten = rapid.Float64Range(0, 1).Draw(t, "label-noise"), rapid.SampledFrom(whitens()).Draw(t, "whiten")
	if rapid.Bool().Draw(t, "task") {
		o.Dataset = rapid.SampledFrom([]string{"teacher", "teacher:width=8,classes=2,gain=1e-3", "synthetic:kind=parity,k=2"}).Draw(t, "dataset")
	}
	o.Out = rapid.SampledFrom([]string{"", "runs/x"}).Draw(t, "out")
	return o
}

// Resolved repeats a run through the command line's own path too.
func TestResolvedThroughConfigFlag(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--preset=mnist-minibatch", "--steps=60"}, {"--preset=cifar10-fullbatch", "--optimizer=adamw", "--out=runs/a"},
		{"--lr=0.1", "--inverse=weights:0.1,0.9", "--epochs=3", "--steps=5", "--log-format=json"},
		{"--legacy"},
	} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			o, err := resolve(args...)
			if err != nil {
				t.Fatal(err)
			}
			text, err := o.Resolved()
			if err != nil {
				t.Fatal(err)
			}
			again, err := resolve("--config", writeConfig(t, string(text)))
			if err != nil {
				t.Fatal(err)
			}
			again.Config, again.Out = o.Config, o.Out
			if diff := cmp.Diff(o, again); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What legacy fixes stands beside it, since the lines of those options do not say so.
func TestResolvedLegacy(t *testing.T) {
	for arg, want := range map[string]string{"--legacy": "\nlegacy: true # sets rtol 0.01, carry false, solver spectral\n", "--legacy=false": "\nlegacy: false\n"} {
		o, err := resolve(arg)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := o.Resolved(); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: no %q in %s (%v)", arg, want, text, err)
		}
	}
}
