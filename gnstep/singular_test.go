// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// Batches that make Gram matrices singular or nearly so, through one compiled step: nothing that is not finite, exact where the targets agree, and a
// certificate that says by how much they do not.
func TestSingularBatches(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			t.Run(dtype.String(), func(t *testing.T) {
				problem.LeaveToGo(t, b, dtype == dtypes.Float64)
				c := problem.Named("paper").In(t, dtype)
				r := steppertest.NewRig(t, b, c, maker(split(c.Problem)))
				saved := r.Save(t)
				for _, tt := range []struct {
					name  string
					check func(t *testing.T, r *steppertest.Rig)
				}{
					{"duplicates with equal labels", duplicatesThatAgree},
					{"duplicates with different labels", duplicatesThatDiffer},
					{"one sample throughout", oneSample},
					{"black images", blackImages},
					{"near duplicates", nearDuplicates},
					{"inputs of a million", largeInputs},
				} {
					t.Run(tt.name, func(t *testing.T) {
						r.Restore(t, saved)
						tt.check(t, r)
					})
				}
			})
		}
	})
}

// doubled repeats the first half of the batch as the second, moved by the distance given.
func doubled(r *steppertest.Rig, distance float64) (x *mat.Dense, half int) {
	x, half = mat.DenseCopyOf(r.X), r.Rows/2
	move := r.Gaussian(70, half, r.Width)
	for i := range half {
		for j := range r.Width {
			x.Set(half+i, j, x.At(i, j)+distance*move.At(i, j))
		}
	}
	return x, half
}

// mustBeFinite reports anything in a step's numbers that is not.
func mustBeFinite(t *testing.T, got steppertest.Result) {
	t.Helper()
	numbers := []float64{got.Report.Loss, got.Accuracy, got.StepNorm, got.Cert, got.CertLogits, got.Gain, mat.Norm(got.Change, 2)}
	for _, k := range got.Couplings {
		numbers = append(numbers, k.Rank, k.SigmaMax, k.SigmaMin, k.Residual, k.Refinements)
	}
	for _, v := range numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("a number of %+v is %g", got.Report, v)
			return
		}
	}
	if !got.Finite {
		t.Error("the step was refused as not finite")
	}
}

func duplicatesThatAgree(t *testing.T, r *steppertest.Rig) {
	x, half := doubled(r, 0)
	y := append(append([]int32(nil), r.Y[:half]...), r.Y[:half]...)
	got := r.Step(t, x, y, 1)
	mustBeFinite(t, got)
	if !got.Exact(r.Config.DType) {
		t.Errorf("certificate %g on samples given twice, want at most %g", got.Cert, gnstep.Tolerance(r.Config.DType))
	}
	for _, k := range got.Couplings {
		if k.Rank > float64(half)+0.1 {
			t.Errorf("%s: rank %g of %d distinct samples", k.Name, k.Rank, half)
		}
	}
}

// Equal samples cannot move apart. The best a step can do is the mean of what the two ask for, so the certificate is the share of u that differs.
func duplicatesThatDiffer(t *testing.T, r *steppertest.Rig) {
	x, half := doubled(r, 0)
	y := append([]int32(nil), r.Y...)
	for i := range half {
		y[half+i] = (y[i] + int32(i%2)) % int32(r.Classes)
	}
	u := residual(t, r.Net, x, y, string(r.Loss))
	differing := 0.0
	for i := range half {
		for k := range r.Classes {
			d := (u.At(i, k) - u.At(half+i, k)) / 2
			differing += 2 * d * d
		}
	}
	got := r.Step(t, x, y, 1)
	mustBeFinite(t, got)
	want := math.Sqrt(differing) / mat.Norm(u, 2)
	if off := got.Cert/want - 1; !(off > -1e-5 && off < 1e-3) { // above it by what the filter leaves of the rest
		t.Errorf("certificate %g of targets that contradict each other, want %g", got.Cert, want)
	}
	if got.Exact(r.Config.DType) {
		t.Errorf("the step is called exact with a certificate of %g", got.Cert)
	}
}

func residual(t *testing.T, net *oracle.Net, x *mat.Dense, y []int32, loss string) *mat.Dense {
	t.Helper()
	targets, err := oracle.OneHot(y, net.Classes)
	if err != nil {
		t.Fatal(err)
	}
	_, z := net.Forward(x)
	u, err := oracle.Gradient(loss, z, targets)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func oneSample(t *testing.T, r *steppertest.Rig) {
	x, y := mat.DenseCopyOf(r.X), make([]int32, r.Rows)
	for i := range r.Rows {
		x.SetRow(i, r.X.RawRowView(0))
	}
	got := r.Step(t, x, y, 1)
	mustBeFinite(t, got)
	if !got.Exact(r.Config.DType) {
		t.Errorf("certificate %g on one sample repeated, want at most %g", got.Cert, gnstep.Tolerance(r.Config.DType))
	}
}

// Inputs of zero leave the features of the first coupling nothing but the bias.
func blackImages(t *testing.T, r *steppertest.Rig) {
	got := r.Step(t, mat.NewDense(r.Rows, r.Width, nil), make([]int32, r.Rows), 1)
	mustBeFinite(t, got)
	if !got.Exact(r.Config.DType) {
		t.Errorf("certificate %g on inputs of zero with one label, want at most %g", got.Cert, gnstep.Tolerance(r.Config.DType))
	}
}

// Samples close to each other with labels of their own need more than one pass on the residual; the certificate stays true.
func nearDuplicates(t *testing.T, r *steppertest.Rig) {
	distance := map[dtypes.DType]float64{dtypes.Float32: 0.5, dtypes.Float64: 1e-3}[r.Config.DType]
	x, _ := doubled(r, distance)
	x = problem.Dense(t, problem.Matrix(r.Config.DType, x))
	before := problem.OracleNet(t, r.Vars)
	got := r.Step(t, x, r.Y, 1)
	mustBeFinite(t, got)
	most := 0.0
	for _, k := range got.Couplings[2:] {
		most = max(most, k.Refinements)
	}
	if most < 2 {
		t.Errorf("%g refinements at most on samples %g apart, want 2 or more", most, distance)
	}
	after := problem.OracleNet(t, r.Vars)
	var change []*mat.Dense
	for i := range r.Config.Couplings() {
		z := before.Z(i)
		z.Sub(z, after.Z(i))
		change = append(change, z)
	}
	stream, _ := before.Tangent(x, change)
	truth := oracle.Compare(stream, before.Lift(residual(t, before, x, r.Y, string(r.Loss)))).Rel
	// ΔZ is some thousand times Z here, and Z - ΔZ is rounded before it is seen: ε·‖Φ‖‖ΔZ‖/‖v‖.
	if off := math.Abs(got.Cert - truth); off > 0.01 {
		t.Errorf("certificate %g, in truth %g", got.Cert, truth)
	}
	if r.Config.DType == dtypes.Float64 && !got.Exact(dtypes.Float64) {
		t.Errorf("certificate %g on samples %g apart, want at most %g", got.Cert, distance, gnstep.Tolerance(dtypes.Float64))
	}
}

// Inputs that were never normalised saturate the softmax, but they are only a matter of scale.
func largeInputs(t *testing.T, r *steppertest.Rig) {
	x := mat.DenseCopyOf(r.X)
	x.Scale(1e6, x)
	got := r.Step(t, x, r.Y, 1)
	mustBeFinite(t, got)
	if !(got.Cert <= 0.05) {
		t.Errorf("certificate %g on inputs of a million, want at most 0.05", got.Cert)
	}
}
