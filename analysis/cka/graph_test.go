// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/devices"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// Every site of every problem has the kernel matrix of the oracle's forward pass.
func TestGramsAreTheOracles(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Light, func(t *testing.T, c *problem.Case) { checkGrams(t, b, c) })
	})
}

// Of a linearised network all but the last stream and the logits is that of the weights it starts from.
func TestGramsOfTiedNetworks(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			t.Run(p.Name, func(t *testing.T) {
				problem.LeaveToGo(t, b, p.Name != problem.Controls()[0].Name)
				checkGrams(t, b, p.In(t, dtypes.Float64))
			})
		}
	})
}

func checkGrams(t *testing.T, b *backend.Backend, c *problem.Case) {
	list := sites.Sites(c.Config, sites.Kinds())
	group, err := devices.New(1, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	exec, err := group.NewExec(b.Backend, c.Vars.Store, gramsOf(c.Vars, list))
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	x, _ := c.Batch()
	out, err := exec.Call(x)
	if err != nil {
		t.Fatal(err)
	}
	want := representations(c)
	for i, site := range list {
		var centred, k mat.Dense
		centred.Mul(centring(c.Rows), want[site.Name])
		k.Mul(&centred, centred.T())
		problem.Check(t, site.Name, problem.Products, c.Config.DType, problem.Dense(t, out[i]), &k)
	}
}

// representations are the oracle's, by the names of sites.
func representations(c *problem.Case) map[string]*mat.Dense {
	trace, at := c.Net.Trace(c.X), c.Net
	if c.Linearised {
		at = c.Net.Anchor.Start
	}
	byName := map[string]*mat.Dense{"input": c.X, "logits": trace.Logits}
	for i, in := range trace.Inputs {
		name := oracle.CouplingName(i)
		phi := at.Features(i, in)
		rows, _ := phi.Dims()
		byName[name+".features"] = mat.DenseCopyOf(phi.Slice(0, rows, 0, c.Hidden))
		var out mat.Dense
		out.Mul(phi, at.Z(i))
		byName[name+".branch"] = &out
		byName[name[:len(name)-2]+".stream"] = trace.Streams[i/2+1]
	}
	return byName
}

// centring is I - 11ᵀ/n.
func centring(n int) *mat.Dense {
	h := mat.NewDense(n, n, nil)
	h.Apply(func(i, j int, _ float64) float64 {
		if i == j {
			return 1 - 1/float64(n)
		}
		return -1 / float64(n)
	}, h)
	return h
}

// Columns that are the same for all samples leave nothing behind, whatever the rounding of their mean.
func TestConstantColumnsVanish(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		x := mat.NewDense(7, 3, nil)
		x.Apply(func(_, j int, _ float64) float64 { return 0.1 * float64(j+1) }, x)
		exec, err := gomlx.NewExec(b.Backend, gomlx.NewStore(), func(_ *gomlx.Scope, x *graph.Node) *graph.Node { return gram(x) })
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Call1(problem.Matrix(dtypes.Float64, x))
		if err != nil {
			t.Fatal(err)
		}
		if norm := mat.Norm(problem.Dense(t, out), 2); norm != 0 {
			t.Errorf("got a kernel matrix of norm %g, want 0", norm)
		}
	})
}
