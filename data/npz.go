// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"

	"revgn/internal/npy"
	"revgn/internal/safefile"
)

// npzNames are the accepted names: as Keras' mnist.npz has them, or one pair.
var npzNames = [...][4]string{
	{"x_train", "y_train", "x_test", "y_test"},
	{"X_train", "y_train", "X_test", "y_test"},
	{"x", "y"},
	{"X", "y"},
}

// readNPZ reads training and test samples from an .npz archive; test is nil
// where the archive holds one pair of arrays only.
func readNPZ(name string, r io.ReaderAt, size int64) (train, test *samples, err error) {
	arrays, err := npy.ReadZip(r, size, npy.Limits{Arrays: 100, Bytes: 8 * maxBytes})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, names := range npzNames {
		x, okX := npy.Find(arrays, names[0])
		y, okY := npy.Find(arrays, names[1])
		if !okX || !okY {
			continue
		}
		if train, err = npzPair(name, x, y); err != nil || names[2] == "" {
			return train, nil, err
		}
		x, okX = npy.Find(arrays, names[2])
		y, okY = npy.Find(arrays, names[3])
		if !okX || !okY {
			return nil, nil, fmt.Errorf("%s: has %s and %s, want %s and %s with them", name, names[0], names[1], names[2], names[3])
		}
		if test, err = npzPair(name, x, y); err != nil {
			return nil, nil, err
		}
		if test.d != train.d || (test.u8 == nil) != (train.u8 == nil) {
			return nil, nil, fmt.Errorf("%s: %s has %d features of type %T, want %d of the type of %s", name, x.Name, test.d, x.Data, train.d, names[0])
		}
		return train, test, nil
	}
	return nil, nil, fmt.Errorf("%s: holds arrays %s, want x_train, y_train, x_test and y_test, or x and y", name, listNames(arrays))
}

func listNames(arrays []npy.Array) string {
	if len(arrays) == 0 {
		return "(none)"
	}
	var names []string
	for _, a := range arrays {
		names = append(names, fmt.Sprintf("%.20q", a.Name))
	}
	sort.Strings(names)
	return strings.Join(names[:min(len(names), 8)], ", ")
}

// npzPair flattens x (N, ...) to N x D, in the order of the file, and y (N) or (N, 1). (N, height, width) are images of one channel; where channels stand
// in a larger array nothing says, so those are plain features.
func npzPair(name string, x, y npy.Array) (*samples, error) {
	if len(x.Shape) < 2 || x.Shape[0] < 1 {
		return nil, fmt.Errorf("%s: %s has shape %v, want (N, D) or (N, height, width, ...) with N at least 1", name, x.Name, x.Shape)
	}
	s := &samples{n: x.Shape[0], d: 1}
	for _, k := range x.Shape[1:] {
		s.d *= k
	}
	if s.d < 1 || int64(s.n)*int64(s.d) > maxBytes {
		return nil, fmt.Errorf("%s: %s has shape %v, want 1 to %d elements", name, x.Name, x.Shape, maxBytes)
	}
	if len(x.Shape) == 3 {
		s.image = [3]int{1, x.Shape[1], x.Shape[2]}
	}
	var err error
	switch v := x.Data.(type) {
	case []uint8:
		s.u8 = v
	case []float32:
		s.f32, err = features(name, x.Name, v)
	case []float64:
		s.f32, err = features(name, x.Name, v)
	case []int32:
		s.f32, err = features(name, x.Name, v)
	case []int64:
		s.f32, err = features(name, x.Name, v)
	}
	if err != nil {
		return nil, err
	}
	s.y, err = npzLabels(name, y, s.n)
	return s, err
}

func npzLabels(name string, y npy.Array, n int) ([]int32, error) {
	if flat := len(y.Shape) == 1 || len(y.Shape) == 2 && y.Shape[1] == 1; !flat || y.Shape[0] != n {
		return nil, fmt.Errorf("%s: %s has shape %v, want (%d) labels, one a sample", name, y.Name, y.Shape, n)
	}
	switch v := y.Data.(type) {
	case []uint8:
		return labels(name, y.Name, v)
	case []float32:
		return labels(name, y.Name, v)
	case []float64:
		return labels(name, y.Name, v)
	case []int32:
		return labels(name, y.Name, v)
	case []int64:
		return labels(name, y.Name, v)
	}
	return nil, fmt.Errorf("%s: %s has elements of type %T, want integers", name, y.Name, y.Data)
}

type number interface {
	uint8 | int32 | int64 | float32 | float64
}

func features[T number](name, array string, v []T) ([]float32, error) {
	out := make([]float32, len(v))
	for i, a := range v {
		out[i] = float32(a)
		if f := float64(out[i]); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s: %s: element %d is %v, want a finite float32", name, array, i, a)
		}
	}
	return out, nil
}

func labels[T number](name, array string, v []T) ([]int32, error) {
	out := make([]int32, len(v))
	for i, a := range v {
		if !(a >= 0 && float64(a) < maxClasses) || float64(a) != math.Trunc(float64(a)) {
			return nil, fmt.Errorf("%s: %s: element %d is %v, want an integer label from 0 to %d", name, array, i, a, maxClasses-1)
		}
		out[i] = int32(a)
	}
	return out, nil
}

func readNPZFile(ctx context.Context, path string) (train, test *samples, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	f, err := safefile.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	return readNPZ(path, f, info.Size())
}
