// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"math"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/config"
	"revgn/internal/record"
)

// A run in Float64 is the same on every backend up to rounding, every step exact.
func TestBackendsAgree(t *testing.T) {
	dataset := noise(t, 100, 16)
	var want *record.Metrics
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		o := options(t, dataset, 3)
		o.Backend, o.DType = b.Kind, config.F64
		result, err := Run(context.Background(), o, &listener{}, func(Plan) {})
		if err != nil {
			t.Fatal(err)
		}
		run, err := record.Open(result.Dir)
		if err != nil {
			t.Fatal(err)
		}
		m, err := run.Metrics()
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range m.Steps {
			if !step.Exact {
				t.Errorf("step %d has certificate %g", step.Step, step.Cert)
			}
			if want != nil && math.Abs(float64(step.Loss/want.Steps[i].Loss)-1) > 1e-9 {
				t.Errorf("step %d: loss %v, on the first backend %v", step.Step, step.Loss, want.Steps[i].Loss)
			}
		}
		if want == nil {
			want = m
		}
	})
}
