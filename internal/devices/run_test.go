// SPDX-License-Identifier: Apache-2.0

package devices_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/devices"
	"revgn/internal/problem"
	"revgn/model"
)

// maker makes the stepper under test.
type maker func(b *backend.Backend, vars *model.Variables) (gnstep.Stepper, error)

// outcome is what steps on a number of devices came to.
type outcome struct {
	reports []gnstep.Report
	logits  *mat.Dense            // before the last step
	stored  map[string]*mat.Dense // every variable of the store after it
}

// follow makes steps of a problem on a number of devices, all on the problem's batch.
func follow(t *testing.T, count, steps int, lr float64, c *problem.Case, make maker) outcome {
	t.Helper()
	return followOn(t, backendtest.OnDevices(t, count), count, steps, lr, c, make)
}

// followOn is follow on a backend.
func followOn(t *testing.T, b *backend.Backend, count, steps int, lr float64, c *problem.Case, make maker) outcome {
	t.Helper()
	stepper, err := make(b, c.Vars)
	if err != nil {
		t.Fatal(err)
	}
	exec := newExec(t, b, count, c, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		o := stepper.Build(in[0], in[1], in[2])
		return []*graph.Node{o.Pack(), o.Logits}
	})
	var got outcome
	for range steps {
		x, y := c.Batch()
		out, err := exec.Call(x, y, problem.Scalar(c.Config.DType, lr))
		if err != nil {
			t.Fatal(err)
		}
		if len(out) != 2 {
			t.Fatalf("%d outputs", len(out))
		}
		report, err := gnstep.Unpack(problem.Flat(t, out[0]), stepper.Layout())
		if err != nil {
			t.Fatal(err)
		}
		got.reports, got.logits = append(got.reports, report), problem.Dense(t, out[1])
	}
	got.stored = stored(t, c)
	return got
}

// newExec prepares a graph for the case's network on the first devices of a backend.
func newExec(t *testing.T, b *backend.Backend, count int, c *problem.Case, build devices.Function) *devices.Exec {
	t.Helper()
	group, err := devices.New(count, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	exec, err := group.NewExec(b.Backend, c.Vars.Store, build)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(exec.Finalize)
	return exec
}

// stored copies every variable of a case's store that has a value to the host.
func stored(t *testing.T, c *problem.Case) map[string]*mat.Dense {
	t.Helper()
	all := map[string]*mat.Dense{}
	for v := range c.Vars.Store.IterVariables() {
		if !v.HasValue() {
			continue
		}
		value, err := v.Value()
		if err != nil {
			t.Fatal(err)
		}
		if value.DType().IsFloat() {
			all[v.Path()] = problem.Dense(t, value)
		}
	}
	return all
}
