// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// logits are ordinary, tied, and so large that exp overflows unless the largest is taken off first.
func logits() (*mat.Dense, []int32) {
	return mat.NewDense(8, 3, []float64{
		0, 0, 0,
		0.5, -1.25, 2,
		3, 3, -3,
		1000, -1000, 0,
		-1000, 1000, 0,
		1000, 1000, 1000,
		-1000, -1000, -1000,
		1e-3, -1e-3, 88,
	}), []int32{2, 0, 1, 0, 0, 2, 1, 2}
}

func TestLossesAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, loss := range model.Losses() {
			for _, dtype := range problem.DTypes() {
				t.Run(string(loss)+"/"+dtype.String(), func(t *testing.T) { checkLoss(t, b, loss, dtype) })
			}
		}
	})
}

func checkLoss(t *testing.T, b *backend.Backend, loss model.Loss, dtype dtypes.DType) {
	exec := graph.MustNewExec(b.Backend, func(z, labels *graph.Node) []*graph.Node {
		return []*graph.Node{loss.PerSample(z, labels), loss.Mean(z, labels), loss.Residual(z, labels), model.Hits(z, labels)}
	})
	defer exec.Finalize()
	z, labels := logits()
	out, err := exec.Call(problem.Matrix(dtype, z), tensors.FromFlatDataAndDimensions(labels, len(labels)))
	if err != nil {
		t.Fatal(err)
	}
	y, err := oracle.OneHot(labels, 3)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := z.Dims()
	perSample := make([]float64, rows)
	for i := range rows {
		if perSample[i], err = oracle.Loss(string(loss), mat.DenseCopyOf(z.Slice(i, i+1, 0, 3)), mat.DenseCopyOf(y.Slice(i, i+1, 0, 3))); err != nil {
			t.Fatal(err)
		}
		problem.CheckNumber(t, "loss of a sample", problem.Elementwise, dtype, problem.Flat(t, out[0])[i], perSample[i])
	}
	mean, err := oracle.Loss(string(loss), z, y)
	if err != nil {
		t.Fatal(err)
	}
	problem.CheckNumber(t, "mean loss", problem.Elementwise, dtype, problem.Flat(t, out[1])[0], mean)
	residual, err := oracle.Gradient(string(loss), z, y)
	if err != nil {
		t.Fatal(err)
	}
	problem.Check(t, "residual", problem.Elementwise, dtype, problem.Dense(t, out[2]), residual)
	for i, hit := range problem.Flat(t, out[3]) {
		if want := hitOf(z.RawRowView(i), labels[i]); hit != want {
			t.Errorf("hit of sample %d, logits %v, label %d: got %g, want %g", i, z.RawRowView(i), labels[i], hit, want)
		}
	}
}

// hitOf takes the first of equal logits for the network's answer.
func hitOf(z []float64, label int32) float64 {
	best := 0
	for k, v := range z {
		if v > z[best] {
			best = k
		}
	}
	if best == int(label) {
		return 1
	}
	return 0
}

// The residual of cross-entropy is what softmax leaves, so it sums to zero over the classes; that of a loss is also its derivative.
func TestResidualIsTheDerivativeOfTheLoss(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, loss := range model.Losses() {
			exec := graph.MustNewExec(b.Backend, func(z, labels *graph.Node) (residual, gradient *graph.Node) {
				return loss.Residual(z, labels), graph.Gradient(graph.ReduceAllSum(loss.PerSample(z, labels)), z)[0]
			})
			z, labels := logits()
			out, err := exec.Call(problem.Matrix(dtypes.Float64, z), tensors.FromFlatDataAndDimensions(labels, len(labels)))
			exec.Finalize()
			if err != nil {
				t.Fatal(err)
			}
			residual := problem.Dense(t, out[0])
			problem.Check(t, string(loss)+": residual against autodiff", problem.Elementwise, dtypes.Float64, residual, problem.Dense(t, out[1]))
			for i := range labels {
				if sum := mat.Sum(residual.RowView(i)); loss == model.CrossEntropy && math.Abs(sum) > 1e-15 {
					t.Errorf("residual of sample %d sums to %g, want 0", i, sum)
				}
			}
		}
	})
}

func TestUnknownNames(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want []string
	}{
		{model.Loss("hinge").Validate(), []string{`"hinge"`, "cross-entropy", "mse"}},
		{model.Activation("swish").Validate(), []string{`"swish"`, "relu", "leaky-relu"}},
	} {
		for _, want := range tt.want {
			if tt.err == nil || !strings.Contains(tt.err.Error(), want) {
				t.Errorf("error %v does not name %s", tt.err, want)
			}
		}
	}
	for _, l := range model.Losses() {
		if err := l.Validate(); err != nil {
			t.Error(err)
		}
	}
}
