// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/ntk"
	"revgn/analysis/spectrum"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// wide is a problem whose kernel has more rows than a Lanczos run has steps.
func wide() problem.Problem {
	p := problem.Named("paper")
	p.Width, p.Classes, p.Rows, p.Hidden = 16, 4, 60, 80
	return p
}

// The dense spectrum is gonum's of the oracle's kernel; Lanczos agrees with it, the effective rank within its error.
func TestSpectrum(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		for _, p := range []problem.Problem{wide(), problem.Named("paper"), problem.Named("tanh, three blocks")} {
			c := newProbed(t, p, dtypes.Float64)
			k := c.kernel(t, b, ntk.Options{Full: true})
			values := eigenvalues(t, c.want(true))
			dense, err := k.Spectrum(t.Context(), ntk.AutoSpectrum, nil)
			if err != nil {
				t.Fatal(err)
			}
			largest := values[len(values)-1]
			for i, v := range dense.Eigenvalues {
				if math.Abs(v-values[i]) > 1e-12*largest {
					t.Fatalf("%s: eigenvalue %d is %g, want %g", p.Name, i, v, values[i])
				}
			}
			if got, want := float64(dense.EffectiveRank.Value), spectrum.EffectiveRank(values); math.Abs(got-want) > 1e-10*want {
				t.Errorf("%s: effective rank %g, want %g", p.Name, got, want)
			}
			checkLanczos(t, p.Name, k, dense)
		}
	})
}

func eigenvalues(t *testing.T, m *mat.Dense) []float64 {
	t.Helper()
	n, _ := m.Dims()
	values, err := spectrum.Values(mat.NewSymDense(n, oracle.Vec(m)))
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func checkLanczos(t *testing.T, name string, k *ntk.Kernel, dense ntk.Spectrum) {
	t.Helper()
	calls, last := 0, 0
	got, err := k.Spectrum(t.Context(), ntk.LanczosSpectrum, func(done, _ int) { calls, last = calls+1, done })
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 || calls != last {
		t.Errorf("%s: progress was told %d times, the last time of %d products", name, calls, last)
	}
	if math.Abs(float64(got.Max-dense.Max)) > 1e-9*float64(dense.Max) {
		t.Errorf("%s: largest eigenvalue %g, want %g", name, got.Max, dense.Max)
	}
	// Above rounding the smallest Ritz value lies above the smallest eigenvalue, and where it is no bound, within 1 % of it.
	off := float64(got.Min-dense.Min) / float64(dense.Min)
	if off < -1e-6 || !got.MinIsBound && off > 0.011 {
		t.Errorf("%s: smallest eigenvalue %g (bound: %v), want %g", name, got.Min, got.MinIsBound, dense.Min)
	}
	if got.IsBound && float64(got.Condition) > float64(dense.Condition)*(1+1e-6) {
		t.Errorf("%s: the condition is %g, and its lower bound %g", name, dense.Condition, got.Condition)
	}
	want, e := float64(dense.EffectiveRank.Value), got.EffectiveRank
	if !e.Error.Set || math.Abs(float64(e.Value)-want) > 4*float64(e.Error.Value)+1e-9*want || float64(e.Error.Value) > 0.05*want {
		t.Errorf("%s: effective rank %v, want %g", name, e, want)
	}
}

func TestSpectrumRefuses(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := newProbed(t, problem.Named("paper"), dtypes.Float64)
		k := c.kernel(t, b, ntk.Options{})
		if _, err := k.Spectrum(t.Context(), "sparse", nil); err == nil || !strings.Contains(err.Error(), `got "sparse"; allowed: auto, exact, lanczos`) {
			t.Errorf("got %v", err)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := k.Spectrum(stopped, ntk.LanczosSpectrum, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: got %v", err)
		}
		named := c.Vars.Trained()[0].Variable
		bad := c.Gaussian(1, c.Hidden, c.Config.Half())
		bad.Set(0, 0, math.NaN())
		problem.Set(t, named, problem.Matrix(dtypes.Float64, bad))
		k = c.kernel(t, b, ntk.Options{})
		for _, by := range []ntk.Method{ntk.DenseSpectrum, ntk.LanczosSpectrum} {
			if _, err := k.Spectrum(t.Context(), by, nil); err == nil {
				t.Errorf("%s: a kernel with NaN has a spectrum", by)
			}
		}
		if got, err := ntk.Compare(k, k); err != nil || !math.IsNaN(got.Alignment) {
			t.Errorf("a kernel with NaN: %+v, %v", got, err)
		}
	})
}
