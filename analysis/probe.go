// SPDX-License-Identifier: Apache-2.0

package analysis

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// Probe is a fixed set of samples, without augmentation, on which networks are looked at. Numbers of two networks can be compared where the probe sets have the
// same SHA256.
type Probe struct {
	Data    string    // name of the data set
	Part    string    // of it: "train" or "test"
	X       []float32 // N x D, row-major, normalised and whitened as in training; shared, not to be written to
	Y       []int32   // N labels, 0 to Classes-1
	D       int
	Classes int
	SHA256  string // in hex, over N, D and K as little-endian uint64, then X and Y
}

// NewProbe makes a probe set of the samples x (N x D) and labels y (N). What can be no set of samples is an error.
func NewProbe(data, part string, x []float32, y []int32, classes int) (Probe, error) {
	n := len(y)
	switch {
	case n == 0:
		return Probe{}, fmt.Errorf("probe set of %s: got no samples; want one or more", data)
	case len(x) == 0 || len(x)%n != 0:
		return Probe{}, fmt.Errorf("probe set of %s: got %d values for %d samples; want the same number of features for each", data, len(x), n)
	}
	for i, label := range y {
		if label < 0 || int(label) >= classes {
			return Probe{}, fmt.Errorf("probe set of %s: sample %d has label %d; allowed: 0 to %d", data, i, label, classes-1)
		}
	}
	p := Probe{Data: data, Part: part, X: x, Y: y, D: len(x) / n, Classes: classes}
	p.SHA256 = p.hash()
	return p, nil
}

func (p Probe) hash() string {
	sum := sha256.New()
	var buffer []byte
	for _, v := range []int{p.Len(), p.D, p.Classes} {
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(v))
	}
	for _, v := range p.X {
		buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		if len(buffer) >= 1<<16 {
			sum.Write(buffer)
			buffer = buffer[:0]
		}
	}
	for _, v := range p.Y {
		buffer = binary.LittleEndian.AppendUint32(buffer, uint32(v))
	}
	sum.Write(buffer)
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// Len is the number of samples N.
func (p Probe) Len() int { return len(p.Y) }

// First is the probe set of the first n samples, of all where there are no more.
func (p Probe) First(n int) Probe {
	if n >= p.Len() {
		return p
	}
	p.X, p.Y = p.X[:n*p.D:n*p.D], p.Y[:n:n]
	p.SHA256 = p.hash()
	return p
}

// Tensors are samples from (inclusive) to to (exclusive): x (to-from, D) in the dtype, labels (to-from) Int32, the caller's to free.
func (p Probe) Tensors(dtype dtypes.DType, from, to int) (x, labels *tensors.Tensor) {
	n := to - from
	labels = tensors.FromFlatDataAndDimensions(append([]int32(nil), p.Y[from:to]...), n)
	values := p.X[from*p.D : to*p.D]
	if dtype != dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(append([]float32(nil), values...), n, p.D), labels
	}
	double := make([]float64, len(values))
	for i, v := range values {
		double[i] = float64(v)
	}
	return tensors.FromFlatDataAndDimensions(double, n, p.D), labels
}
