// SPDX-License-Identifier: Apache-2.0

package sites_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

func TestNames(t *testing.T) {
	c := model.Config{Width: 4, Blocks: 2, Hidden: 7, Classes: 3}
	var names []string
	for _, s := range sites.Sites(c, sites.Kinds()) {
		names = append(names, s.Name)
	}
	want := "input block0.f.features block0.f.branch block0.g.features block0.g.branch block0.stream " +
		"block1.f.features block1.f.branch block1.g.features block1.g.branch block1.stream logits"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := sites.Sites(c, []sites.Kind{sites.Logits, sites.Stream}); len(got) != 3 || got[2].Name != "logits" || got[0].Coupling != 1 || got[2].Coupling != sites.None {
		t.Errorf("got %v", got)
	}
}

func TestParseKinds(t *testing.T) {
	for _, names := range [][]string{nil, {"all"}} {
		if got, err := sites.ParseKinds(names); err != nil || !slices.Equal(got, sites.Kinds()) {
			t.Errorf("%v: got %v (%v)", names, got, err)
		}
	}
	got, err := sites.ParseKinds([]string{"logits", "branch", "logits"})
	if err != nil || !slices.Equal(got, []sites.Kind{sites.Branch, sites.Logits}) {
		t.Errorf("got %v (%v), want each once, in the order of the pass", got, err)
	}
	if _, err := sites.ParseKinds([]string{"branches"}); err == nil || !strings.Contains(err.Error(), `"branches" (allowed: input, features, branch, stream, logits, all)`) {
		t.Errorf("got %v", err)
	}
}

// Every site of every problem, in its place in the oracle's pass.
func TestOf(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Light, func(t *testing.T, c *problem.Case) { check(t, b, c, c.Config.DType) })
		for _, p := range problem.Controls() {
			t.Run(p.Name, func(t *testing.T) {
				problem.LeaveToGo(t, b, true)
				check(t, b, p.In(t, dtypes.Float64), dtypes.Float64)
			})
		}
	})
}

func check(t *testing.T, b *backend.Backend, c *problem.Case, dtype dtypes.DType) {
	t.Helper()
	list := sites.Sites(c.Config, sites.Kinds())
	exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x *graph.Node) []*graph.Node {
		trace := c.Vars.Network(x.Graph()).At(x)
		var out []*graph.Node
		for _, s := range list {
			out = append(out, sites.Of(trace, s))
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := c.Batch()
	out, err := exec.Call(x)
	if err != nil {
		t.Fatal(err)
	}
	trace, net := c.Net.Trace(c.X), c.Net
	if c.Linearised {
		net = c.Net.Anchor.Start // where its features are taken
	}
	for i, s := range list {
		got := problem.Dense(t, out[i])
		if _, columns := got.Dims(); columns != sites.Columns(c.Config, s) {
			t.Errorf("%s has %d columns, want %d", s.Name, columns, sites.Columns(c.Config, s))
		}
		problem.Check(t, s.Name, problem.Products, dtype, got, place(net, trace, c.X, s))
	}
}

func place(net *oracle.Net, trace *oracle.Trace, x *mat.Dense, s sites.Site) *mat.Dense {
	rows, _ := x.Dims()
	switch s.Kind {
	case sites.Input:
		return x
	case sites.Logits:
		return trace.Logits
	case sites.Stream:
		return trace.Streams[s.Coupling/2+1]
	case sites.Branch:
		var out mat.Dense
		out.Mul(trace.Phi[s.Coupling], net.Z(s.Coupling))
		return &out
	}
	return mat.DenseCopyOf(trace.Phi[s.Coupling].Slice(0, rows, 0, net.Hidden))
}
