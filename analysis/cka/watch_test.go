// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/analysis/cka"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// Watch gives, of the last block's stream, what a comparison of whole networks gives.
func TestWatchIsTheLastStream(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c, probe := wide(t)
		exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			return cka.LastStream(c.Vars)(s, []*graph.Node{x})[0]
		})
		if err != nil {
			t.Fatal(err)
		}
		grams := func() []float64 {
			x, _ := probe.Tensors(c.Config.DType, 0, probe.Len())
			out, err := exec.Call1(x)
			if err != nil {
				t.Fatal(err)
			}
			return problem.Flat(t, out)
		}
		before := c.Net
		watch, err := cka.NewWatch(probe.Len(), grams())
		if err != nil {
			t.Fatal(err)
		}
		if biased, debiased, err := watch.Compare(grams()); err != nil || math.Abs(biased-1) > near || math.Abs(debiased-1) > near {
			t.Errorf("at the start: %g, %g, %v; want 1", biased, debiased, err)
		}
		after := shaken(t, c)
		biased, debiased, err := watch.Compare(grams())
		if err != nil {
			t.Fatal(err)
		}
		k, l := oracle.LinearKernel(places(before, c.X)["block1.stream"]), oracle.LinearKernel(places(after, c.X)["block1.stream"])
		checkNumber(t, c, "biased", biased, oracle.CKA(k, l))
		checkNumber(t, c, "debiased", debiased, oracle.DebiasedCKA(k, l))
		if _, _, err := watch.Compare(make([]float64, 9)); err == nil {
			t.Error("another number of samples: no error")
		}
	})
}
