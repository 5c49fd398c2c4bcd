// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/model"
)

// What Pack puts into the vector Unpack takes out again, whatever dtypes the numbers had.
func TestPackRoundTrip(t *testing.T) {
	want := gnstep.Report{
		Loss: 1, Accuracy: 0.5, StepNorm: 3, Finite: true, Certified: true, Cert: 0.25, CertLogits: 0.125, Gain: 7, Clips: 3, Iterations: 4,
		Trusted: true, Ratio: 0.75, Damping: 18, Rate: 19,
		Couplings: []gnstep.CouplingNumbers{{Name: "block0.f", Rank: 8, SigmaMax: 9, SigmaMin: 10, Residual: 11, Refinements: 12},
			{Name: "block1.g", Rank: 13, SigmaMax: 14, SigmaMin: 15, Residual: 16, Refinements: 17}},
	}
	bare := gnstep.Report{Loss: 1, Accuracy: 0.5, StepNorm: 3, Accepted: true}
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		packed := graph.MustNewExec(b.Backend, func(g *graph.Graph) (with, without *graph.Node) {
			single, double := func(v float32) *graph.Node { return graph.Const(g, v) }, func(v float64) *graph.Node { return graph.Const(g, v) }
			o := gnstep.Outcome{Loss: single(1), Accuracy: double(0.5), StepNorm: single(3), Finite: single(0)}
			without = o.Pack()
			o.Finite = single(1)
			o.Certificate = &gnstep.Certificate{Stream: single(0.25), OnLogits: single(0.125), Gain: double(7), Clips: single(3), Iterations: graph.Const(g, int32(4))}
			for i, name := range []string{"block0.f", "block1.g"} {
				v := float32(8 + 5*i)
				o.Certificate.Couplings = append(o.Certificate.Couplings, gnstep.CouplingReport{
					Name: name, Rank: single(v), SigmaMax: double(float64(v + 1)), SigmaMin: single(v + 2), Residual: single(v + 3),
					Refinements: graph.Const(g, int32(v+4)),
				})
			}
			o.Trust = &gnstep.Trust{Accepted: single(0), Ratio: double(0.75), Damping: single(18), Rate: single(19)}
			return o.Pack(), without
		})
		defer packed.Finalize()
		out, err := packed.Call()
		if err != nil {
			t.Fatal(err)
		}
		for i, tt := range []struct {
			layout gnstep.Layout
			want   gnstep.Report
		}{{gnstep.Layout{Certified: true, Couplings: []string{"block0.f", "block1.g"}, Trusted: true}, want}, {gnstep.Layout{}, bare}} {
			got, err := gnstep.Unpack(problem.Flat(t, out[i]), tt.layout)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		}
	})
}

func TestUnpackRefusesOtherSizes(t *testing.T) {
	none, kernel, trusted := gnstep.Layout{}, gnstep.Layout{Certified: true}, gnstep.Layout{Trusted: true}
	two := gnstep.Layout{Certified: true, Couplings: []string{"block0.f", "block0.g"}}
	for _, tt := range []struct {
		numbers int
		layout  gnstep.Layout
		ok      bool
	}{{4, none, true}, {9, kernel, true}, {19, two, true}, {8, trusted, true}, {4, trusted, false}, {0, none, false}, {3, none, false}, {9, none, false}, {19, none, false}, {4, two, false}, {18, two, false}, {20, two, false}} {
		_, err := gnstep.Unpack(make([]float64, tt.numbers), tt.layout)
		if (err == nil) != tt.ok {
			t.Errorf("%d numbers for %+v: error %v, want none is %v", tt.numbers, tt.layout, err, tt.ok)
		}
	}
}

func TestExactIsACertificateWithinTolerance(t *testing.T) {
	for _, tt := range []struct {
		name   string
		report gnstep.Report
		want   map[dtypes.DType]bool
	}{
		{"small", gnstep.Report{Certified: true, Finite: true, Accepted: true, Cert: 1e-7}, map[dtypes.DType]bool{dtypes.Float32: true, dtypes.Float64: true}},
		{"between the tolerances", gnstep.Report{Certified: true, Finite: true, Accepted: true, Cert: 1e-5}, map[dtypes.DType]bool{dtypes.Float32: true}},
		{"large", gnstep.Report{Certified: true, Finite: true, Accepted: true, Cert: 1e-3}, nil},
		{"not finite", gnstep.Report{Certified: true, Accepted: true, Cert: 0}, nil},
		{"NaN", gnstep.Report{Certified: true, Finite: true, Accepted: true, Cert: math.NaN()}, nil},
		{"no certificate", gnstep.Report{Finite: true, Accepted: true}, nil},
		{"refused by the loss", gnstep.Report{Certified: true, Finite: true, Cert: 1e-7}, nil},
	} {
		for _, dtype := range problem.DTypes() {
			if got := tt.report.Exact(dtype); got != tt.want[dtype] {
				t.Errorf("%s in %s: exact is %v, want %v", tt.name, dtype, got, tt.want[dtype])
			}
		}
	}
}

func TestSharesAddUpToOne(t *testing.T) {
	for blocks := 1; blocks <= 7; blocks++ {
		for name, shares := range map[string][]float64{"equal": gnstep.EqualShares(blocks), "first": gnstep.FirstShare(blocks), "last": gnstep.LastShare(blocks)} {
			sum := 0.0
			for _, w := range shares {
				sum += w
			}
			if len(shares) != blocks || math.Abs(sum-1) > 1e-15 {
				t.Errorf("%s shares of %d blocks: %v", name, blocks, shares)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		vars, err := model.NewVariables(problem.Named("paper").Settings(dtypes.Float32))
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name   string
			change func(*gnstep.Options)
			want   []string
		}{
			{"a share too few", func(o *gnstep.Options) { o.Shares = []float64{1} }, []string{"1 block weights", "2 blocks"}},
			{"no shares", func(o *gnstep.Options) { o.Shares = []float64{} }, []string{"0 block weights"}},
			{"a negative share", func(o *gnstep.Options) { o.Shares = []float64{1.5, -0.5} }, []string{"-0.5", "block 1", "not negative"}},
			{"a share that is no number", func(o *gnstep.Options) { o.Shares = []float64{math.NaN(), 1} }, []string{"NaN", "block 0"}},
			{"an infinite share", func(o *gnstep.Options) { o.Shares = []float64{math.Inf(1), 0} }, []string{"+Inf", "finite"}},
			{"shares of less than 1", func(o *gnstep.Options) { o.Shares = []float64{0.5, 0.4} }, []string{"0.9", "add up to 1"}},
			{"an unknown loss", func(o *gnstep.Options) { o.Loss = "hinge" }, []string{`"hinge"`, "mse"}},
		} {
			o := gnstep.DefaultOptions()
			tt.change(&o)
			_, err := gnstep.New(b.Backend, vars, o)
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: error %v lacks %q", tt.name, err, want)
				}
			}
		}
	})
}
