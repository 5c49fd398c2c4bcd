// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend/backendtest"
	"revgn/internal/config"
	"revgn/internal/npy"
	"revgn/internal/problem"
	"revgn/internal/record"
)

// A run on two devices has the losses, certificates, evaluations and checkpoints of one on a single device, through a change of the optimizer, says on how many
// it ran, and is the same bit by bit when it is made again.
func TestRunOnDevices(t *testing.T) {
	backendtest.OnDevices(t, 2)
	dataset := noise(t, 160, 8)
	run := func(devices int) *record.Reader {
		o := options(t, dataset, 4)
		o.Backend, o.DType, o.Devices = "xla:cpu", config.F64, devices
		o.Epochs, o.Steps, o.Switch = 2, 0, config.Switch{Epoch: 1, To: config.Adam}
		result, err := Run(context.Background(), o, &listener{}, func(p Plan) {
			if told := slices.ContainsFunc(p.Lines, func(l string) bool { return strings.HasPrefix(l, "devices    2: each holds 32 of h = 64") }); told != (devices == 2) {
				t.Errorf("the plan for %d devices:\n%s", devices, strings.Join(p.Lines, "\n"))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := manifestDevices(t, result.Dir); n != devices {
			t.Errorf("manifest of a run on %d devices says %d", devices, n)
		}
		r, err := record.Open(result.Dir)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, two, again := run(1), run(2), run(2)
	compareRuns(t, two, one, func(what string, got, want float64) {
		t.Helper()
		problem.CheckNumber(t, what, problem.Reordered, dtypes.Float64, got, want)
	})
	compareRuns(t, again, two, func(what string, got, want float64) {
		t.Helper()
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s: %v the second time, %v the first", what, got, want)
		}
	})
}

func manifestDevices(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m record.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m.Devices
}

// compareRuns checks the numbers of two runs' steps and evaluations and the arrays of their last checkpoints.
func compareRuns(t *testing.T, got, want *record.Reader, check func(what string, got, want float64)) {
	t.Helper()
	a, err := got.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Steps) != len(b.Steps) || len(a.Evals) != len(b.Evals) || len(a.Steps) == 0 || len(a.Evals) == 0 {
		t.Fatalf("%d steps and %d evaluations, want %d and %d", len(a.Steps), len(a.Evals), len(b.Steps), len(b.Evals))
	}
	for i, s := range a.Steps {
		check("loss", float64(s.Loss), float64(b.Steps[i].Loss))
		check("loss after", float64(s.LossAfter.Value), float64(b.Steps[i].LossAfter.Value))
		if s.GaussNewton != nil {
			check("certificate", float64(s.Cert), float64(b.Steps[i].Cert))
			if !s.Exact {
				t.Errorf("step %d is not exact", s.Step)
			}
		}
	}
	for i, e := range a.Evals {
		check("evaluation", float64(e.Loss), float64(b.Evals[i].Loss))
	}
	arrays, wanted := lastArrays(t, got), lastArrays(t, want)
	if len(arrays) != len(wanted) {
		t.Fatalf("%d arrays in the checkpoint, want %d", len(arrays), len(wanted))
	}
	for i, array := range arrays {
		if array.Name != wanted[i].Name || !slices.Equal(array.Shape, wanted[i].Shape) {
			t.Fatalf("array %s %v, want %s %v", array.Name, array.Shape, wanted[i].Name, wanted[i].Shape)
		}
		x, isFloat := array.Data.([]float64)
		if !isFloat {
			continue
		}
		y := wanted[i].Data.([]float64)
		for k := range x {
			check("an entry of "+array.Name, x[k], y[k])
		}
	}
}

func lastArrays(t *testing.T, r *record.Reader) []npy.Array {
	t.Helper()
	c, err := r.Checkpoint(-1)
	if err != nil {
		t.Fatal(err)
	}
	return c.Arrays
}
