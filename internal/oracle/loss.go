// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Names of the losses. Both are means over the samples of l(z, y):
// cross-entropy l = -Σ_k y_k log p_k with p = softmax(z); mse l = ½ Σ_k (z_k - y_k)².
const (
	CrossEntropy = "cross-entropy"
	MSE          = "mse"
)

func checkLoss(loss string) error {
	if loss == CrossEntropy || loss == MSE {
		return nil
	}
	return fmt.Errorf("oracle: loss is %q, want %s or %s", loss, CrossEntropy, MSE)
}

// OneHot returns the B × K matrix of unit rows for labels 0..K-1.
func OneHot(labels []int32, classes int) (*mat.Dense, error) {
	y := mat.NewDense(len(labels), classes, nil)
	for i, c := range labels {
		if c < 0 || int(c) >= classes {
			return nil, fmt.Errorf("oracle: label %d of sample %d, want 0 to %d", c, i, classes-1)
		}
		y.Set(i, int(c), 1)
	}
	return y, nil
}

// Loss returns the mean over the samples of l(z, y), for logits z and targets y (both B × K; the rows of y sum to 1 for
// cross-entropy and may be smoothed).
func Loss(loss string, z, y *mat.Dense) (float64, error) {
	if err := checkLoss(loss); err != nil {
		return 0, err
	}
	rows, classes := z.Dims()
	sum := 0.0
	for i := range rows {
		logp := logSoftmax(z.RawRowView(i))
		for k := range classes {
			if loss == MSE {
				e := z.At(i, k) - y.At(i, k)
				sum += e * e / 2
			} else {
				sum -= y.At(i, k) * logp[k]
			}
		}
	}
	return sum / float64(rows), nil
}

// logSoftmax returns z - logsumexp(z).
func logSoftmax(z []float64) []float64 {
	top := math.Inf(-1)
	for _, v := range z {
		top = math.Max(top, v)
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(v - top)
	}
	out := make([]float64, len(z))
	for k, v := range z {
		out[k] = v - top - math.Log(sum)
	}
	return out
}

// Softmax returns exp(logSoftmax) of every row of z (B × K).
func Softmax(z *mat.Dense) *mat.Dense {
	p := mat.DenseCopyOf(z)
	rows, _ := z.Dims()
	for i := range rows {
		for k, v := range logSoftmax(z.RawRowView(i)) {
			p.Set(i, k, math.Exp(v))
		}
	}
	return p
}

// Gradient returns ε = ∂l/∂z per sample (B × K), without the 1/B of the mean: p - y for cross-entropy, z - y for mse.
func Gradient(loss string, z, y *mat.Dense) (*mat.Dense, error) {
	if err := checkLoss(loss); err != nil {
		return nil, err
	}
	out := mat.DenseCopyOf(z)
	if loss == CrossEntropy {
		out = Softmax(z)
	}
	out.Sub(out, y)
	return out, nil
}

// Hessian returns H = ∂²l/∂z² of one sample's logits (K × K): diag(p) - ppᵀ for cross-entropy, I for mse.
func Hessian(loss string, z []float64) (*mat.Dense, error) {
	if err := checkLoss(loss); err != nil {
		return nil, err
	}
	h := mat.NewDense(len(z), len(z), nil)
	logp := logSoftmax(z)
	for i := range z {
		if loss == MSE {
			h.Set(i, i, 1)
			continue
		}
		for j := range z {
			h.Set(i, j, -math.Exp(logp[i]+logp[j]))
		}
		h.Set(i, i, math.Exp(logp[i])*(1-math.Exp(logp[i])))
	}
	return h, nil
}
