// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Loss names the loss per sample; a batch's loss is the mean over its samples.
type Loss string

// The losses. Squared error is ½‖z - y‖² against the one-hot y, summed over classes.
const (
	CrossEntropy Loss = "cross-entropy"
	SquaredError Loss = "mse"
)

// Losses lists the losses there are.
func Losses() []Loss { return []Loss{CrossEntropy, SquaredError} }

// Validate returns an error if l is not one of Losses.
func (l Loss) Validate() error {
	if l == CrossEntropy || l == SquaredError {
		return nil
	}
	return fmt.Errorf("unknown loss %q (allowed: %s, %s)", string(l), CrossEntropy, SquaredError)
}

// Objective is a loss on labels that may be smoothed: y = (1-s)·onehot + s/K.
type Objective struct {
	Loss      Loss
	Smoothing float64 // s in [0, 1)
}

// Validate returns an error if the loss or the smoothing is none.
func (o Objective) Validate() error {
	if !(o.Smoothing >= 0 && o.Smoothing < 1) {
		return fmt.Errorf("label smoothing %g: must lie in [0, 1)", o.Smoothing)
	}
	return o.Loss.Validate()
}

// Targets is y (B, K) in the dtype of the logits (B, K), from labels (B) Int32.
func (o Objective) Targets(logits, labels *graph.Node) *graph.Node {
	y := oneHot(logits, labels)
	if o.Smoothing == 0 {
		return y
	}
	return graph.AddScalar(graph.MulScalar(y, 1-o.Smoothing), o.Smoothing/float64(logits.Shape().Dim(1)))
}

// PerSample is l(z, y) for logits z (B, K) and labels (B) Int32; the result is (B).
func (o Objective) PerSample(logits, labels *graph.Node) *graph.Node {
	y := o.Targets(logits, labels)
	if o.Loss == SquaredError {
		return graph.MulScalar(graph.ReduceSum(graph.Square(graph.Sub(logits, y)), 1), 0.5)
	}
	return graph.Neg(graph.ReduceSum(graph.Mul(y, graph.LogSoftmax(logits, 1)), 1))
}

// Mean is the batch's loss, a scalar.
func (o Objective) Mean(logits, labels *graph.Node) *graph.Node {
	return graph.ReduceAllMean(o.PerSample(logits, labels))
}

// Residual is ε = ∂l/∂z per sample, (B, K), without the 1/B of the mean, which cancels in Gauss-Newton: softmax(z) - y, or z - y
// (docs/mathematics.md, section 2).
func (o Objective) Residual(logits, labels *graph.Node) *graph.Node {
	y := o.Targets(logits, labels)
	if o.Loss == SquaredError {
		return graph.Sub(logits, y)
	}
	return graph.Sub(graph.Softmax(logits, 1), y)
}

// PerSample, Mean and Residual of a loss are those of its objective without smoothing.
func (l Loss) PerSample(logits, labels *graph.Node) *graph.Node {
	return Objective{Loss: l}.PerSample(logits, labels)
}

// Mean is the batch's loss, a scalar; see Objective.Mean.
func (l Loss) Mean(logits, labels *graph.Node) *graph.Node {
	return Objective{Loss: l}.Mean(logits, labels)
}

// Residual is ∂l/∂z per sample (B, K); see Objective.Residual.
func (l Loss) Residual(logits, labels *graph.Node) *graph.Node {
	return Objective{Loss: l}.Residual(logits, labels)
}

// Hits is 1 where the largest logit is the label's and 0 elsewhere, (B) in the logits' dtype.
func Hits(logits, labels *graph.Node) *graph.Node {
	return graph.ConvertDType(graph.Equal(graph.ArgMax(logits, 1, dtypes.Int32), labels), logits.DType())
}

// Accuracy is the share of samples whose largest logit is the label's, a Float64 scalar.
func Accuracy(logits, labels *graph.Node) *graph.Node {
	hits := graph.ReduceAllSum(graph.ConvertDType(Hits(logits, labels), dtypes.Float64))
	return graph.DivScalar(hits, float64(labels.Shape().Dim(0)))
}

// oneHot is (B, K) from labels (B).
func oneHot(logits, labels *graph.Node) *graph.Node {
	labels.AssertDims(logits.Shape().Dim(0))
	return graph.OneHot(labels, logits.Shape().Dim(1), logits.DType())
}
