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

func initial(t *testing.T, c model.Config, name string) []float64 {
	t.Helper()
	value, err := c.InitialValue(name)
	if err != nil {
		t.Fatal(err)
	}
	return problem.Flat(t, value)
}

// A seed means the same weights for ever: on every machine, backend and version. If this fails, a published seed no longer means what it meant.
func TestSeedMeansTheSameEverywhere(t *testing.T) {
	c := small()
	c.DType = dtypes.Float64
	for _, golden := range []struct {
		name  string
		first []float64
	}{
		{"block0.f.C", []float64{0.36800476202330956, 0.27529547335299837, -0.16500075652174406}},
		{"block0.f.W", []float64{0.0008944999430449407, 0.0011206661125631712, -0.0004529988733369699}},
		{"block0.g.W", []float64{0.00040365231915232003, -0.001722798925240542, -0.0011722626186848229}},
		{"block1.g.C", []float64{-0.18761255909646118, -0.18662596582758914, 0.06708280895989487}},
		{"readout.U", []float64{0.193368172428392, -0.024970623052918372, -0.7016209947951383}},
	} {
		got := initial(t, c, golden.name)[:len(golden.first)]
		for i, want := range golden.first {
			// The readout passes through a QR factorisation, whose last bits may differ between processors with and without fused multiply-add.
			if off := math.Abs(got[i] - want); off > 1e-14 || golden.name != model.ReadoutName && off != 0 {
				t.Errorf("%s[%d] is %v, want %v", golden.name, i, got[i], want)
			}
		}
	}
}

// A tensor's draw depends on seed, name and shape alone: not on the other tensors, the depth, the activations or the dtype.
func TestDrawsAreIndependentOfEachOther(t *testing.T) {
	c := small()
	c.DType = dtypes.Float64
	deeper := c
	deeper.Blocks, deeper.Activation, deeper.FirstActivation, deeper.Bias = 7, model.GELU, model.Tanh, false
	names := []string{"block0.f.C", "block1.g.W", "readout.U", "block1.g.C", "block0.f.W"}
	before := map[string][]float64{}
	for _, name := range names {
		before[name] = initial(t, c, name)
	}
	slices.Reverse(names)
	for _, name := range names {
		if got := initial(t, deeper, name); !slices.Equal(got, before[name]) {
			t.Errorf("%s depends on the order of draws or on settings that are not its own", name)
		}
	}
	for i, a := range names {
		for _, b := range names[i+1:] {
			if before[a][0] == before[b][0] || before[a][0]/before[a][1] == before[b][0]/before[b][1] {
				t.Errorf("%s and %s come from one stream", a, b)
			}
		}
	}
	other := c
	other.Seed++
	if slices.Equal(initial(t, other, "block0.f.C"), before["block0.f.C"]) {
		t.Error("seeds 42 and 43 draw the same C")
	}
}

func TestSingleIsDoubleRounded(t *testing.T) {
	c := small()
	single, double := c, c
	single.DType, double.DType = dtypes.Float32, dtypes.Float64
	for _, name := range c.TensorNames() {
		s, d := initial(t, single, name), initial(t, double, name)
		for i := range s {
			if s[i] != float64(float32(d[i])) {
				t.Fatalf("%s[%d]: float32 %v is not float64 %v rounded", name, i, s[i], d[i])
			}
		}
	}
}

// Mean and deviation over n draws lie within five standard errors, 5/√n and 5/√(2n), of what the doc promises.
func TestMomentsOfTheDraws(t *testing.T) {
	c := small()
	c.Width, c.Hidden, c.InitStd, c.ProjGain = 64, 400, 0.03, 2
	for _, tt := range []struct {
		name string
		std  float64
	}{
		{"block0.f.C", 2 / math.Sqrt(400)}, {"block1.g.C", 2 / math.Sqrt(400)}, {"block0.g.W", 0.03}, {"block1.f.W", 0.03}, {"block0.f.b", 0},
	} {
		v := initial(t, c, tt.name)
		n, sum, squares := float64(len(v)), 0.0, 0.0
		for _, x := range v {
			sum, squares = sum+x, squares+x*x
		}
		if mean := sum / n; math.Abs(mean) > 5*tt.std/math.Sqrt(n) {
			t.Errorf("%s: mean %g over %g draws of deviation %g, want 0", tt.name, mean, n, tt.std)
		}
		if std := math.Sqrt(squares / n); math.Abs(std-tt.std) > 5*tt.std/math.Sqrt(2*n) {
			t.Errorf("%s: deviation %g over %g draws, want %g", tt.name, std, n, tt.std)
		}
	}
}

func TestReadoutIsOrthonormal(t *testing.T) {
	for _, sizes := range [][2]int{{8, 3}, {8, 8}, {2, 2}, {64, 10}} {
		c := small()
		c.Width, c.Classes, c.DType = sizes[0], sizes[1], dtypes.Float64
		u := mat.NewDense(c.Width, c.Classes, initial(t, c, model.ReadoutName))
		var square mat.Dense
		square.Mul(u.T(), u)
		identity := mat.NewDense(c.Classes, c.Classes, nil)
		for k := range c.Classes {
			identity.Set(k, k, 1)
		}
		problem.Check(t, "UᵀU", problem.Products, dtypes.Float64, &square, identity)
	}
}

func TestUnknownTensor(t *testing.T) {
	for _, name := range []string{"", "W", "block0.f.V", "block0", "readout.V", "blok0.f.C", "block2.f.C"} {
		_, err := small().InitialValue(name)
		if err == nil || !strings.Contains(err.Error(), `"`+name+`"`) || !strings.Contains(err.Error(), "readout.U") {
			t.Errorf("InitialValue(%q): error %v names neither the tensor nor those there are", name, err)
		}
	}
}
