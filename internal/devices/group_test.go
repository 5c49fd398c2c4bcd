// SPDX-License-Identifier: Apache-2.0

package devices_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend/backendtest"
	"revgn/internal/devices"
	"revgn/internal/optim"
	"revgn/internal/problem"
)

func TestNewRefuses(t *testing.T) {
	c := problem.Named("paper").Settings(dtypes.Float32) // h = 40
	for n, want := range map[int]string{0: "at least 1", -1: "at least 1", 3: "cannot share a hidden size of 40 evenly", 80: "evenly"} {
		if _, err := devices.New(n, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d devices: %v, want %q", n, err, want)
		}
	}
	for _, n := range []int{1, 2, 40} {
		if g, err := devices.New(n, c); err != nil || g.Count() != n {
			t.Errorf("%d devices: %v", n, err)
		}
	}
}

// A backend with fewer devices than the group has is an error before anything is compiled.
func TestTooFewDevices(t *testing.T) {
	b := backendtest.OnDevices(t, 2)
	c := problem.Named("paper").In(t, dtypes.Float32)
	g, err := devices.New(4, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.NewExec(b.Backend, c.Vars.Store, nil); err == nil || !strings.Contains(err.Error(), "4 devices are asked for and the backend has 2") {
		t.Errorf("got %v", err)
	}
}

// Every device holds its part of C, W and what is shaped like W and the whole of all else, before a step and after it, and what is read back on the host is what
// one device would hold.
func TestLayout(t *testing.T) {
	const count = 4
	b := backendtest.OnDevices(t, count)
	p := problem.Named("paper")
	c := p.In(t, dtypes.Float32)
	before := stored(t, c)
	stepper, err := optim.New(c.Vars, optim.DefaultOptions(optim.Adam))
	if err != nil {
		t.Fatal(err)
	}
	exec := newExec(t, b, count, c, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return []*graph.Node{stepper.Build(in[0], in[1], in[2]).Pack()}
	})
	if _, err := exec.Compile(shapes.Make(dtypes.Float32, p.Rows, p.Width), shapes.Make(dtypes.Int32, p.Rows), shapes.Make(dtypes.Float32)); err != nil {
		t.Fatal(err)
	}
	checkLayout(t, c, count)
	for name, value := range stored(t, c) {
		if was, ok := before[name]; ok && !mat.Equal(was, value) {
			t.Errorf("%s changed on its way to the devices and back", name)
		}
	}
	x, y := c.Batch()
	if _, err := exec.Call(x, y, problem.Scalar(dtypes.Float32, 0.1)); err != nil {
		t.Fatal(err)
	}
	checkLayout(t, c, count)
}

// checkLayout checks where the variables of a case lie.
func checkLayout(t *testing.T, c *problem.Case, count int) {
	t.Helper()
	h, d := c.Hidden, c.Config.Half()
	split := map[string]int{}
	for v := range c.Vars.Store.IterVariables() {
		if !v.HasValue() { // a counter that the first step sets
			continue
		}
		value, err := v.DistributedValue()
		if err != nil {
			t.Fatal(err)
		}
		want := v.Shape().Dimensions
		name := path.Base(v.Path())
		switch name {
		case "C":
			want = []int{d, h / count}
		case "W", "W_1st_moment", "W_2nd_moment":
			want = []int{h / count, d}
		}
		if got := value.ShardShape().Dimensions; value.NumShards() != count || !slices.Equal(got, want) {
			t.Errorf("%s %v lies as %d times %v, want %d times %v", v.Path(), v.Shape(), value.NumShards(), got, count, want)
		}
		split[name]++
	}
	for _, name := range []string{"C", "W", "W_1st_moment", "W_2nd_moment"} {
		if split[name] != c.Config.Couplings() {
			t.Errorf("%d variables %s, want %d", split[name], name, c.Config.Couplings())
		}
	}
}

// Inputs that a step left on the first device go into the next graph, as what measures a step does.
func TestOutputsAsInputs(t *testing.T) {
	c := problem.Named("paper").In(t, dtypes.Float32)
	forward := func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return []*graph.Node{c.Vars.Network(in[0].Graph()).At(in[0]).Logits}
	}
	twice := func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node { return []*graph.Node{graph.Add(in[0], in[0])} }
	b := backendtest.OnDevices(t, 2)
	first, second := newExec(t, b, 2, c, forward), newExec(t, b, 2, c, twice)
	x, _ := c.Batch()
	logits, err := first.Call(x)
	if err != nil {
		t.Fatal(err)
	}
	doubled, err := second.Call(logits...)
	if err != nil {
		t.Fatal(err)
	}
	_, want := c.Net.Forward(c.X)
	problem.Check(t, "logits", problem.Products, dtypes.Float32, problem.Dense(t, logits[0]), want)
	var double mat.Dense
	double.Scale(2, want)
	problem.Check(t, "twice the logits", problem.Products, dtypes.Float32, problem.Dense(t, doubled[0]), &double)
}
