// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"reflect"
	"slices"
	"testing"

	"revgn/analysis/cka"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/model"
)

// Under a memory limit sites are measured in parts, and every number is the same, bit for bit.
func TestPartsAreTheWhole(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c, probe := wide(t)
		plan, err := cka.NewPlan([]model.Config{c.Config}, probe, allSites(), 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		limited, err := cka.NewPlan([]model.Config{c.Config}, probe, allSites(), plan.Bytes([]model.Config{c.Config}, 2)/2, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Parts) != 1 || len(limited.Parts) < 2 || !slices.Equal(plan.Sites(), limited.Sites()) {
			t.Fatalf("parts %v and under half of the memory %v", plan.Parts, limited.Parts)
		}
		whole, parts := acrossWeights(t, b, plan), acrossWeights(t, b, limited)
		if !reflect.DeepEqual(whole, parts) {
			t.Errorf("whole %+v, in parts %+v", whole, parts)
		}
	})
}

// acrossWeights compares three networks that differ in their weights.
func acrossWeights(t *testing.T, b *backend.Backend, plan *cka.Plan) []cka.Across {
	t.Helper()
	var networks [3]*cka.Measurer
	for i := range networks {
		c, _ := wide(t)
		if i > 0 {
			c.Seed = uint64(i)
			shaken(t, c)
		}
		m, err := plan.NewMeasurer(b.Backend, c.Vars)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Finalize()
		networks[i] = m
	}
	var all []cka.Across
	for part := range plan.Parts {
		var snapshots []*cka.Snapshot
		for _, m := range networks {
			snapshots = append(snapshots, measure(t, m, part))
		}
		across, err := cka.CompareAll(snapshots)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, across...)
	}
	return all
}

// The matrix of several networks holds what each pair has, once above and once below the diagonal.
func TestAcrossIsPairs(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c, probe := wide(t)
		o := cka.DefaultOptions()
		o.Kinds = []sites.Kind{sites.Logits}
		plan, err := cka.NewPlan([]model.Config{c.Config}, probe, o, 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		across := acrossWeights(t, b, plan)
		m, err := plan.NewMeasurer(b.Backend, c.Vars)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Finalize()
		first := measure(t, m, 0)
		c.Seed = 2
		pair, err := measureShaken(t, c, m).Against(first)
		if err != nil {
			t.Fatal(err)
		}
		for _, kernel := range both {
			got, want := across[0].By(kernel), pair[0].By(kernel)
			if got.Debiased[0][2] != want.Debiased || got.Debiased[2][0] != want.Debiased || got.BiasedError[2][0] != want.BiasedError.Value {
				t.Errorf("%s: matrix %+v, pair 0 and 2 %+v", kernel, got, want)
			}
			check(t, "with itself", float64(got.Debiased[1][1]), 1, near)
		}
		if _, err := cka.CompareAll([]*cka.Snapshot{first}); err == nil {
			t.Error("one network: no error")
		}
	})
}
