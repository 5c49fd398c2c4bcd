// SPDX-License-Identifier: Apache-2.0

package weights_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/weights"
	"revgn/internal/number"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// tolerance is that of float64 sums; singular values come from squares, so small ones are off by more, which the ranks hardly see.
const tolerance = 1e-10

func near(t *testing.T, what string, got number.Number, want float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.15g, want %.15g", what, float64(got), want)
	}
}

func from(list []*mat.Dense) weights.Source {
	return func(coupling int) (*mat.Dense, error) { return mat.DenseCopyOf(list[coupling]), nil }
}

// Every problem of the table, with and without a bias, tall and wide: each coupling against a singular value decomposition, all together against the one of the
// block diagonal matrix.
func TestAgainstTheOracle(t *testing.T) {
	for _, p := range problem.Table() {
		t.Run(p.Name, func(t *testing.T) {
			c := p.In(t, dtypes.Float32)
			start, err := model.NewVariables(c.Config)
			if err != nil {
				t.Fatal(err)
			}
			var before []*mat.Dense
			for i := range c.Config.Couplings() {
				z := c.Net.Z(i)
				rows, cols := z.Dims()
				before = append(before, problem.Normal(uint64(i), rows, cols))
			}
			moved, err := moved(c)
			if err != nil {
				t.Fatal(err)
			}
			got, err := weights.Compare(c.Config, weights.Of(start), from(before), weights.Of(moved))
			if err != nil {
				t.Fatal(err)
			}
			initial, now := problem.OracleNet(t, start), problem.OracleNet(t, moved)
			var z0s, zs []*mat.Dense
			var since float64
			for i := range c.Config.Couplings() {
				z0, z := initial.Z(i), now.Z(i)
				z0s, zs = append(z0s, z0), append(zs, z)
				var diff mat.Dense
				diff.Sub(z, before[i])
				since = math.Hypot(since, mat.Norm(&diff, 2))
				check(t, got.Couplings[i], oracle.Displace(z0, z), mat.Norm(&diff, 2))
			}
			check(t, got.All, oracle.Displace(diagonal(z0s), diagonal(zs)), since)
		})
	}
}

// moved are the weights of a case, those of an anchored network and of a bias included, away from the start.
func moved(c *problem.Case) (*model.Variables, error) {
	rng := rand.New(rand.NewPCG(c.Seed, 77))
	for _, named := range c.Vars.Trained() {
		shape := named.Variable.Shape()
		values := make([]float64, shape.Size())
		for i := range values {
			values[i] = rng.NormFloat64()
		}
		if err := named.Variable.SetValue(problem.Tensor(shape.DType, mat.NewDense(1, len(values), values), shape.Dimensions...)); err != nil {
			return nil, err
		}
	}
	return c.Vars, nil
}

func check(t *testing.T, got weights.Row, want oracle.Displacement, since float64) {
	t.Helper()
	near(t, got.Name+": norm", got.Norm, want.Norm)
	near(t, got.Name+": ratio of norms", got.NormRatio, want.Ratio)
	near(t, got.Name+": cosine", got.Cosine, want.Cosine)
	near(t, got.Name+": displacement", got.Displacement, want.Distance)
	near(t, got.Name+": relative displacement", got.Relative, want.Relative)
	near(t, got.Name+": largest singular value", got.SigmaMax, want.Singular[0])
	near(t, got.Name+": stable rank", got.StableRank, want.Stable)
	near(t, got.Name+": effective rank", got.EffectiveRank, want.Effective)
	near(t, got.Name+": displacement since the checkpoint before", got.Since.Value, since)
}

func diagonal(blocks []*mat.Dense) *mat.Dense {
	var rows, cols int
	for _, b := range blocks {
		r, c := b.Dims()
		rows, cols = rows+r, cols+c
	}
	out := mat.NewDense(rows, cols, nil)
	rows, cols = 0, 0
	for _, b := range blocks {
		r, c := b.Dims()
		out.Slice(rows, rows+r, cols, cols+c).(*mat.Dense).Copy(b)
		rows, cols = rows+r, cols+c
	}
	return out
}

var small = model.Config{Width: 6, Blocks: 1, Hidden: 5, Classes: 2, Bias: true, Seed: 1, DType: dtypes.Float64}

// A displacement a·u vᵀ + b·p qᵀ with orthonormal pairs has the singular values a and b; a rotation of the features changes nothing.
func TestPlantedRank(t *testing.T) {
	z0 := problem.Normal(1, 6, 3)
	var q mat.QR
	q.Factorize(problem.Normal(2, 6, 6))
	var left mat.Dense
	q.QTo(&left)
	plant := func(a, b float64, rotation mat.Matrix) (start, end []*mat.Dense) {
		delta := mat.NewDense(6, 3, nil)
		for i := range 6 {
			delta.Set(i, 0, a*left.At(i, 0))
			delta.Set(i, 2, b*left.At(i, 1))
		}
		var first, last mat.Dense
		last.Add(z0, delta)
		first.Mul(rotation, z0)
		last.Mul(rotation, mat.DenseCopyOf(&last))
		return []*mat.Dense{&first, &first}, []*mat.Dense{&last, &last}
	}
	for _, rotation := range []mat.Matrix{mat.NewDiagDense(6, []float64{1, 1, 1, 1, 1, 1}), &left} {
		for _, c := range []struct{ a, b, stable, effective float64 }{
			{2, 0, 1, 1}, {3, 3, 2, 2}, {2, 1, 1.25, math.Exp(-0.8*math.Log(0.8) - 0.2*math.Log(0.2))},
		} {
			start, end := plant(c.a, c.b, rotation)
			got, err := weights.Compare(small, from(start), nil, from(end))
			if err != nil {
				t.Fatal(err)
			}
			row := got.Couplings[0]
			near(t, "displacement", row.Displacement, math.Hypot(c.a, c.b))
			near(t, "largest singular value", row.SigmaMax, max(c.a, c.b))
			near(t, "stable rank", row.StableRank, c.stable)
			near(t, "effective rank", row.EffectiveRank, c.effective)
			near(t, "stable rank of two of a kind", got.All.StableRank, 2*c.stable)
			near(t, "effective rank of two of a kind", got.All.EffectiveRank, 2*c.effective)
			if row.Since.Set {
				t.Errorf("a displacement since a checkpoint before, where there is none: %v", row.Since.Value)
			}
		}
	}
}

// At the start nothing has moved: ranks are no number, and a multiple of the start has cosine 1.
func TestAtTheStart(t *testing.T) {
	z := []*mat.Dense{problem.Normal(1, 6, 3), problem.Normal(2, 6, 3)}
	got, err := weights.Compare(small, from(z), from(z), from(z))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range append(got.Couplings, got.All) {
		near(t, "cosine", row.Cosine, 1)
		near(t, "ratio", row.NormRatio, 1)
		if row.Displacement != 0 || row.SigmaMax != 0 || row.Since.Value != 0 || !math.IsNaN(float64(row.StableRank)) || !math.IsNaN(float64(row.EffectiveRank)) {
			t.Errorf("at the start: %+v", row)
		}
	}
}

// Weights that are no numbers leave no numbers, and no error.
func TestNotFinite(t *testing.T) {
	z := []*mat.Dense{problem.Normal(1, 6, 3), problem.Normal(2, 6, 3)}
	bad := []*mat.Dense{mat.DenseCopyOf(z[0]), z[1]}
	bad[0].Set(3, 1, math.NaN())
	got, err := weights.Compare(small, from(z), nil, from(bad))
	if err != nil {
		t.Fatal(err)
	}
	if first, all := got.Couplings[0], got.All; !math.IsNaN(float64(first.Displacement)) || !math.IsNaN(float64(first.SigmaMax)) ||
		!math.IsNaN(float64(first.EffectiveRank)) || !math.IsNaN(float64(all.Norm)) || !math.IsNaN(float64(all.StableRank)) {
		t.Errorf("got %+v, and of all %+v", first, all)
	}
	if other := got.Couplings[1]; other.Displacement != 0 {
		t.Errorf("the other coupling moved by %v", other.Displacement)
	}
}

func TestArrays(t *testing.T) {
	values := map[string]any{}
	for i, n := range []string{"block0.f", "block0.g"} {
		values[n+".W"], values[n+".b"] = make([]float32, 15), []float32{float32(i), 2, 3}
	}
	get := func(name string) (any, error) {
		if v, ok := values[name]; ok {
			return v, nil
		}
		return nil, errors.New("no " + name)
	}
	z, err := weights.Arrays(small, get)(1)
	if err != nil {
		t.Fatal(err)
	}
	if rows, cols := z.Dims(); rows != 6 || cols != 3 || z.At(5, 0) != 1 || z.At(5, 2) != 3 || z.At(4, 2) != 0 {
		t.Errorf("Z is %v", mat.Formatted(z))
	}
	for what, v := range map[string]any{"want 18": []float64{1}, "[]int32": []int32{1}, "no block0.g.b": nil} {
		if values["block0.g.b"] = v; v == nil {
			delete(values, "block0.g.b")
		}
		if _, err := weights.Arrays(small, get)(1); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want an error with %q", err, what)
		}
	}
}

// A straight line has straightness 1, a walk around a corner less, and a walk with a step of unknown length no length.
func TestPath(t *testing.T) {
	walk := []number.Optional{number.Some(3), number.Some(4)}
	for what, c := range map[string]struct {
		norms    []number.Optional
		distance float64
		want     weights.Path
	}{
		"straight": {walk, 7, weights.Path{Steps: 2, Length: number.Some(7), Straightness: number.Some(1)}},
		"corner":   {walk, 5, weights.Path{Steps: 2, Length: number.Some(7), Straightness: number.Some(5.0 / 7)}},
		"start":    {nil, 0, weights.Path{Length: number.Some(0)}},
		"unknown":  {append(walk, number.Optional{}), 5, weights.Path{Steps: 3, Missing: 1}},
	} {
		if got := weights.Along(c.norms, c.distance); got != c.want {
			t.Errorf("%s: got %+v, want %+v", what, got, c.want)
		}
	}
}

// Every number in a file has its definition.
func TestDefinitions(t *testing.T) {
	defined := map[string]bool{}
	for _, d := range weights.Definitions() {
		defined[d.Name] = d.Text != ""
	}
	for _, row := range []reflect.Type{reflect.TypeFor[weights.Row](), reflect.TypeFor[weights.Path]()} {
		for i := range row.NumField() {
			name, _, _ := strings.Cut(row.Field(i).Tag.Get("json"), ",")
			if kind := row.Field(i).Type; (kind == reflect.TypeFor[number.Number]() || kind == reflect.TypeFor[number.Optional]()) && !defined[name] {
				t.Errorf("%s has no definition", name)
			}
		}
	}
}
