// SPDX-License-Identifier: Apache-2.0

package batches

// matrix is A: A[i][j] is the change of the loss on batch j by the step on batch i.
type matrix [][]float64

func newMatrix(m int) matrix {
	a := make(matrix, m)
	for i := range a {
		a[i] = make([]float64, m)
	}
	return a
}

// diagonal are the changes of the steps' own batches.
func (a matrix) diagonal() []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i][i]
	}
	return d
}

// off is the mean off the diagonal; NaN for a single batch.
func (a matrix) off() Estimate { return jackknife(len(a), a.offWithout) }

// transfer is the mean off the diagonal over that on it.
func (a matrix) transfer() Estimate {
	return jackknife(len(a), func(out int) float64 {
		var own, n float64
		for i := range a {
			if i != out {
				own, n = own+a[i][i], n+1
			}
		}
		return a.offWithout(out) / (own / n)
	})
}

// offWithout is the mean off the diagonal without the row and the column of a batch.
func (a matrix) offWithout(out int) float64 {
	var sum, n float64
	for i := range a {
		for j := range a {
			if i != j && i != out && j != out {
				sum, n = sum+a[i][j], n+1
			}
		}
	}
	return sum / n
}
