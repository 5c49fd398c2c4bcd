// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/cka"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// wide is a problem with samples enough for every site's HSIC₁ to be positive.
func wide(t *testing.T) (*problem.Case, analysis.Probe) {
	t.Helper()
	p := problem.Problem{Name: "wide", Width: 8, Blocks: 2, Hidden: 16, Classes: 3, First: model.Identity, Act: model.ReLU, Bias: true,
		Loss: model.CrossEntropy, Rows: 60, Seed: 5}
	c := p.In(t, dtypes.Float32)
	x := make([]float32, 0, p.Rows*p.Width)
	for _, v := range oracle.Vec(c.X) {
		x = append(x, float32(v))
	}
	probe, err := analysis.NewProbe("drawn", "test", x, c.Y, p.Classes)
	if err != nil {
		t.Fatal(err)
	}
	return c, probe
}

// shaken is the case's network with other weights, once in the store and once for the oracle.
func shaken(t *testing.T, c *problem.Case) *oracle.Net {
	t.Helper()
	for i, v := range c.Vars.Trained() {
		shape := v.Variable.Shape()
		if shape.Rank() == 2 {
			problem.Set(t, v.Variable, problem.Matrix(c.Config.DType, c.Gaussian(uint64(i), shape.Dim(0), shape.Dim(1))))
		}
	}
	return problem.OracleNet(t, c.Vars)
}

// allSites are options that differ from the default ones where that shows.
func allSites() cka.Options {
	o := cka.DefaultOptions()
	o.Kinds, o.RBFFactor = sites.Kinds(), 0.7
	return o
}

// The CKA of every site of a network with that of the same network with other weights is the oracle's, all samples at once.
func TestAgainstOtherWeights(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c, probe := wide(t)
		plan, err := cka.NewPlan([]model.Config{c.Config}, probe, allSites(), 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		m, err := plan.NewMeasurer(b.Backend, c.Vars)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Finalize()
		before, start := c.Net, measure(t, m, 0)
		after := shaken(t, c)
		now := measure(t, m, 0)
		results, err := now.Against(start)
		if err != nil {
			t.Fatal(err)
		}
		old, current := places(before, c.X), places(after, c.X)
		if len(results) != len(current) {
			t.Errorf("%d sites, want %d", len(results), len(current))
		}
		for _, r := range results {
			for _, kernel := range both {
				k, l := kernelOf(kernel, current[r.Site]), kernelOf(kernel, old[r.Site])
				s := r.By(kernel)
				checkNumber(t, c, r.Site+" biased "+string(kernel), float64(s.Biased.Value), oracle.CKA(k, l))
				checkNumber(t, c, r.Site+" debiased "+string(kernel), float64(s.Debiased), oracle.DebiasedCKA(k, l))
			}
		}
		for _, r := range results {
			if moves := r.Site != "input" && r.Site != "block0.f.features"; moves != (math.Abs(float64(r.Linear.Debiased)-1) > 1e-6) {
				t.Errorf("%s: debiased CKA %g; what does not depend on weights is the input and the features of the first coupling", r.Site, r.Linear.Debiased)
			}
		}
		checkSiteMatrix(t, c, now, start, current, old)
	})
}

// checkSiteMatrix compares two entries off the diagonal, which tell rows from columns.
func checkSiteMatrix(t *testing.T, c *problem.Case, now, start *cka.Snapshot, current, old map[string]*mat.Dense) {
	matrix, err := now.SiteMatrix(start, cka.KernelLinear)
	if err != nil {
		t.Fatal(err)
	}
	list := sites.Sites(c.Config, sites.Kinds())
	for _, at := range [][2]int{{1, len(list) - 1}, {len(list) - 1, 1}} {
		k, l := oracle.LinearKernel(current[list[at[0]].Name]), oracle.LinearKernel(old[list[at[1]].Name])
		checkNumber(t, c, "site matrix", float64(matrix[at[0]][at[1]].Debiased), oracle.DebiasedCKA(k, l))
	}
}

func checkNumber(t *testing.T, c *problem.Case, what string, got, want float64) {
	t.Helper()
	problem.CheckNumber(t, what, problem.Products, c.Config.DType, got, want)
}

func measure(t *testing.T, m *cka.Measurer, part int) *cka.Snapshot {
	t.Helper()
	s, err := m.Measure(context.Background(), part)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kernelOf(kernel cka.Kernel, x *mat.Dense) *mat.Dense {
	if kernel == cka.KernelRBF {
		return oracle.RBFKernel(x, 0.7)
	}
	return oracle.LinearKernel(x)
}

// places are the oracle's representations by the names of sites.
func places(net *oracle.Net, x *mat.Dense) map[string]*mat.Dense {
	trace := net.Trace(x)
	byName := map[string]*mat.Dense{"input": x, "logits": trace.Logits}
	for i, phi := range trace.Phi {
		name := oracle.CouplingName(i)
		var out mat.Dense
		out.Mul(phi, net.Z(i))
		rows, _ := phi.Dims()
		byName[name+".branch"], byName[name+".features"] = &out, mat.DenseCopyOf(phi.Slice(0, rows, 0, net.Hidden))
		byName[name[:len(name)-2]+".stream"] = trace.Streams[i/2+1]
	}
	return byName
}

// In batches the numbers are those of the batches' mean HSIC₁, sample i in batch i mod count; the RBF kernel's width is the same for all.
func TestMeasuredInBatches(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c, probe := wide(t)
		o := cka.DefaultOptions()
		o.Kinds, o.Batch = []sites.Kind{sites.Logits}, 30
		plan, err := cka.NewPlan([]model.Config{c.Config}, probe, o, 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		m, err := plan.NewMeasurer(b.Backend, c.Vars)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Finalize()
		before, start := c.Net, measure(t, m, 0)
		results, err := measureShaken(t, c, m).Against(start)
		if err != nil {
			t.Fatal(err)
		}
		_, want := inBatches(t, places(problem.OracleNet(t, c.Vars), c.X)["logits"], places(before, c.X)["logits"], 2)
		checkNumber(t, c, "linear", float64(results[0].Linear.Debiased), want)
		if rbf := results[0].RBF; rbf.Biased.Set || !(rbf.Debiased < 1) || !(rbf.DebiasedError > 0) {
			t.Errorf("rbf in batches: %+v", rbf)
		}
	})
}

func measureShaken(t *testing.T, c *problem.Case, m *cka.Measurer) *cka.Snapshot {
	shaken(t, c)
	return measure(t, m, 0)
}

// Networks that were looked at on other samples, or in other batches, are not compared.
func TestOtherSamplesAreRefused(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c, probe := wide(t)
		batched := cka.DefaultOptions()
		batched.Batch = 30
		var snapshots []*cka.Snapshot
		for _, plan := range []struct {
			probe analysis.Probe
			opts  cka.Options
		}{{probe, cka.DefaultOptions()}, {probe.First(50), cka.DefaultOptions()}, {probe, batched}} {
			p, err := cka.NewPlan([]model.Config{c.Config}, plan.probe, plan.opts, 0, 2)
			if err != nil {
				t.Fatal(err)
			}
			m, err := p.NewMeasurer(b.Backend, c.Vars)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Finalize()
			snapshots = append(snapshots, measure(t, m, 0))
		}
		for i, want := range map[int]string{1: "different samples", 2: "batches"} {
			if _, err := snapshots[0].Against(snapshots[i]); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error with %q", err, want)
			}
		}
	})
}

func TestPlanRefuses(t *testing.T) {
	c, probe := wide(t)
	if _, err := cka.NewPlan([]model.Config{c.Config}, probe, allSites(), 1000, 2); err == nil || !strings.Contains(err.Error(), "memory-limit") {
		t.Errorf("a limit of 1000 bytes: %v", err)
	}
	other := c.Config
	other.Width = 10
	if _, err := cka.NewPlan([]model.Config{c.Config, other}, probe, allSites(), 0, 2); err == nil || !strings.Contains(err.Error(), "8 features") {
		t.Errorf("a network of another width: %v", err)
	}
	if _, err := cka.NewPlan([]model.Config{c.Config}, probe.First(3), allSites(), 0, 2); err == nil || !strings.Contains(err.Error(), "4 or more") {
		t.Errorf("3 samples: %v", err)
	}
	deep := c.Config
	deep.Blocks = 3
	plan, err := cka.NewPlan([]model.Config{c.Config, deep}, probe, allSites(), 0, 2)
	if err != nil || len(plan.Sites()) != 12 || strings.Join(plan.Left, " ") != "block2.f.features block2.f.branch block2.g.features block2.g.branch block2.stream" {
		t.Errorf("networks of 2 and 3 blocks: %v, sites %v, left out %v", err, plan.Sites(), plan.Left)
	}
}
