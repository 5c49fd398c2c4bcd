// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/problem"
	"revgn/model"
)

// small is a network that can be had.
func small() model.Config {
	c := model.Default()
	c.Width, c.Classes, c.Hidden = 8, 3, 20
	return c
}

func TestValidateNamesFieldAndValue(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*model.Config)
		want   []string
	}{
		{"odd width", func(c *model.Config) { c.Width = 7 }, []string{"width 7", "even"}},
		{"no width", func(c *model.Config) { c.Width = 0 }, []string{"width 0", "at least 2"}},
		{"negative width", func(c *model.Config) { c.Width = -2 }, []string{"width -2"}},
		{"no blocks", func(c *model.Config) { c.Blocks = 0 }, []string{"blocks 0", "at least 1"}},
		{"no hidden units", func(c *model.Config) { c.Hidden = 0 }, []string{"hidden 0", "at least 1"}},
		{"one class", func(c *model.Config) { c.Classes = 1 }, []string{"classes 1", "between 2 and the width 8"}},
		{"more classes than columns", func(c *model.Config) { c.Classes = 9 }, []string{"classes 9", "width 8"}},
		{"negative deviation", func(c *model.Config) { c.InitStd = -1 }, []string{"init-std -1"}},
		{"NaN deviation", func(c *model.Config) { c.InitStd = math.NaN() }, []string{"init-std NaN"}},
		{"infinite deviation", func(c *model.Config) { c.InitStd = math.Inf(1) }, []string{"init-std +Inf"}},
		{"no gain", func(c *model.Config) { c.ProjGain = 0 }, []string{"proj-gain 0", "positive"}},
		{"NaN gain", func(c *model.Config) { c.ProjGain = math.NaN() }, []string{"proj-gain NaN"}},
		{"negative output scale", func(c *model.Config) { c.OutputScale = -2 }, []string{"output-scale -2", "positive"}},
		{"endless output scale", func(c *model.Config) { c.OutputScale = math.Inf(1) }, []string{"output-scale +Inf", "finite"}},
		{"half precision", func(c *model.Config) { c.DType = dtypes.Float16 }, []string{"dtype", "f32", "f64"}},
		{"no dtype", func(c *model.Config) { c.DType = dtypes.InvalidDType }, []string{"dtype"}},
		{"unknown activation", func(c *model.Config) { c.Activation = "swish" }, []string{"activation", `"swish"`, "relu"}},
		{"unknown first activation", func(c *model.Config) { c.FirstActivation = "" }, []string{"activation", `""`, "identity"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := small()
			tt.change(&c)
			err := c.Validate()
			if err == nil {
				t.Fatalf("%+v was accepted", c)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has more than one line", err)
			}
			if _, err := model.NewVariables(c); err == nil {
				t.Error("NewVariables drew a network that Validate refuses")
			}
		})
	}
	for _, c := range []model.Config{small(), {Width: 2, Blocks: 1, Hidden: 1, Classes: 2, Activation: model.ReLU, FirstActivation: model.Tanh, ProjGain: 1, DType: dtypes.Float64}} {
		if err := c.Validate(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// RankBound is a bound, and one that random inputs attain: the numerical rank of Φ on a large batch.
func TestRankBoundIsAttained(t *testing.T) {
	for _, p := range problem.Table() {
		t.Run(p.Name, func(t *testing.T) {
			p.Rows = 4 * (p.Hidden + 1)
			c := p.In(t, dtypes.Float64)
			trace := c.Net.Trace(c.X)
			for i, phi := range trace.Phi {
				if got, want := rank(phi), c.Config.RankBound(i); got != want {
					t.Errorf("%s: rank %d on %d samples, RankBound says %d", model.CouplingName(i), got, p.Rows, want)
				}
			}
		})
	}
}

func rank(a *mat.Dense) int {
	var svd mat.SVD
	svd.Factorize(a, mat.SVDNone)
	sigma, kept := svd.Values(nil), 0
	for _, s := range sigma {
		if s > 1e-10*sigma[0] {
			kept++
		}
	}
	return kept
}

func TestCounts(t *testing.T) {
	c := small()
	total := map[bool]int{}
	for _, name := range c.TensorNames() {
		value, err := c.InitialValue(name)
		if err != nil {
			t.Fatal(err)
		}
		total[model.IsTrained(name)] += value.Size()
	}
	if total[true] != c.Trainable() || total[false] != c.Frozen() {
		t.Errorf("%d trained and %d frozen numbers, Trainable says %d, Frozen %d", total[true], total[false], c.Trainable(), c.Frozen())
	}
	without := c
	without.Bias = false
	if got, want := c.Trainable()-without.Trainable(), c.Couplings()*c.Half(); got != want {
		t.Errorf("biases are %d numbers, want %d", got, want)
	}
}

func TestNames(t *testing.T) {
	c := small()
	want := []string{
		"block0.f.C", "block0.f.W", "block0.f.b", "block0.g.C", "block0.g.W", "block0.g.b",
		"block1.f.C", "block1.f.W", "block1.f.b", "block1.g.C", "block1.g.W", "block1.g.b", "readout.U",
	}
	if got := c.TensorNames(); !slices.Equal(got, want) {
		t.Errorf("tensor names %q, want %q", got, want)
	}
	vars, err := model.NewVariables(c)
	if err != nil {
		t.Fatal(err)
	}
	var trained []string
	for _, named := range vars.Trained() {
		trained = append(trained, named.Name)
		if !named.Variable.Trainable {
			t.Errorf("%s is trained but its variable is not trainable", named.Name)
		}
	}
	if want := slices.DeleteFunc(want, func(n string) bool { return strings.HasSuffix(n, ".C") || n == model.ReadoutName }); !slices.Equal(trained, want) {
		t.Errorf("trained %q, want %q", trained, want)
	}
	c.Bias = false
	if names := c.TensorNames(); slices.Contains(names, "block0.f.b") || len(names) != 9 {
		t.Errorf("tensor names without bias %q", names)
	}
}
