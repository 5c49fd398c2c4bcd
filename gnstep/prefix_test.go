// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
)

// The phases add up to the step's operations, every prefix runs and is finite, and the last of them ends with the certificate of the step itself, whose weights
// none of them touches.
func TestPrefixes(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for name, change := range family() {
			t.Run(name, func(t *testing.T) {
				problem.LeaveToGo(t, b, name != "split" || testing.Short())
				checkPrefixes(t, b, change)
			})
		}
	})
}

func checkPrefixes(t *testing.T, b *backend.Backend, change func(*gnstep.Options)) {
	c := problem.Table()[0].In(t, dtypes.Float64)
	o := split(c.Problem)
	change(&o)
	step, err := gnstep.New(b.Backend, c.Vars, o)
	if err != nil {
		t.Fatal(err)
	}
	var counted float64
	var last []float64
	for _, p := range step.Prefixes(c.Rows) {
		counted += p.Operations
		last = runPrefix(t, b, c, p)
		for i, v := range last {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: result %d is %v", p.Phase, i, v)
			}
		}
	}
	if want := step.Operations(c.Rows).Total(); math.Abs(counted-want) > 1e-12*want {
		t.Errorf("the phases count %g operations, the step %g", counted, want)
	}
	report := stepReport(t, b, c, step)
	if loss, cert := last[0], last[1]; math.Abs(loss-report.Loss) > 1e-12*report.Loss || math.Abs(cert-report.Cert) > 1e-9+1e-6*report.Cert {
		t.Errorf("loss %v and certificate %v at the last prefix, %v and %v of the step", loss, cert, report.Loss, report.Cert)
	}
}

// runPrefix returns the loss, and the first entry of every result but the logits.
func runPrefix(t *testing.T, b *backend.Backend, c *problem.Case, p gnstep.Prefix) []float64 {
	t.Helper()
	exec := gomlx.MustNewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels *graph.Node) *graph.Node {
		var firsts []*graph.Node
		for i, r := range p.Build(x, labels) {
			if i != 1 {
				flat := graph.Reshape(r, r.Shape().Size())
				firsts = append(firsts, graph.ConvertDType(graph.Slice(flat, graph.AxisRange(0, 1)), dtypes.Float64))
			}
		}
		return graph.Concatenate(firsts, 0)
	})
	defer exec.Finalize()
	x, labels := c.Batch()
	return tensors.MustCopyFlatData[float64](exec.MustCall1(x, labels))
}

func stepReport(t *testing.T, b *backend.Backend, c *problem.Case, step *gnstep.Step) gnstep.Report {
	t.Helper()
	exec := gomlx.MustNewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node { return step.Build(x, labels, lr).Pack() })
	defer exec.Finalize()
	x, labels := c.Batch()
	report, err := gnstep.Unpack(tensors.MustCopyFlatData[float64](exec.MustCall1(x, labels, 0.1)), step.Layout())
	if err != nil {
		t.Fatal(err)
	}
	return report
}
