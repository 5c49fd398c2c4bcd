// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/npy"
)

func archive(t testing.TB, arrays ...npy.Array) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := npy.WriteZip(&buf, arrays); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func openNPZ(t testing.TB, b []byte) (*Source, error) {
	t.Helper()
	return Open(context.Background(), "npz:"+write(t, filepath.Join(t.TempDir(), "a.npz"), b), "", Options{})
}

func TestNPZKeras(t *testing.T) {
	src, err := openNPZ(t, archive(t,
		npy.Array{Name: "x_test", Shape: []int{1, 2, 2}, Data: []uint8{255, 0, 0, 0}},
		npy.Array{Name: "x_train", Shape: []int{2, 2, 2}, Data: []uint8{0, 0, 0, 0, 255, 255, 255, 255}},
		npy.Array{Name: "y_train", Shape: []int{2}, Data: []uint8{0, 1}},
		npy.Array{Name: "y_test", Shape: []int{1}, Data: []uint8{2}},
	))
	if err != nil {
		t.Fatal(err)
	}
	if src.Train.Classes != 3 || src.Mean[0] != 0.5 || src.Std[0] != 0.5 {
		t.Errorf("%d classes, mean %v, std %v, want 3, 0.5 and 0.5 after the division by 255", src.Train.Classes, src.Mean, src.Std)
	}
	if !slices.Equal(src.Test.X, []float32{1, -1, -1, -1}) || !slices.Equal(src.Train.Y, []int32{0, 1}) {
		t.Errorf("test x %v, train y %v", src.Test.X, src.Train.Y)
	}
	if len(src.Warnings) != 1 || !strings.Contains(src.Warnings[0], "1 of 3 classes") {
		t.Errorf("warnings %q", src.Warnings)
	}
}

func TestNPZTypes(t *testing.T) {
	y := npy.Array{Name: "y", Shape: []int{5, 1}, Data: []int64{0, 1, 0, 1, 1}}
	hash := ""
	for _, x := range []npy.Array{
		{Name: "x", Shape: []int{5, 2}, Data: []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{Name: "x", Shape: []int{5, 2}, Data: []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{Name: "x", Shape: []int{5, 2, 1}, Data: []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{Name: "X", Shape: []int{5, 2}, Data: []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		src, err := openNPZ(t, archive(t, x, y))
		if err != nil {
			t.Fatal(err)
		}
		if hash == "" {
			hash = src.Hash
		}
		if src.Train.Len() != 4 || src.Test.Len() != 1 || src.Train.D != 2 || src.Hash != hash {
			t.Errorf("%T: %d + %d samples of %d, hash %s", x.Data, src.Train.Len(), src.Test.Len(), src.Train.D, src.Hash)
		}
	}
}

func TestNPZRefuses(t *testing.T) {
	x := npy.Array{Name: "x", Shape: []int{5, 2}, Data: make([]float32, 10)}
	y := npy.Array{Name: "y", Shape: []int{5}, Data: []int32{0, 1, 0, 1, 0}}
	withX := func(shape []int, data any) []byte {
		return archive(t, npy.Array{Name: "x", Shape: shape, Data: data}, y)
	}
	withY := func(shape []int, data any) []byte {
		return archive(t, x, npy.Array{Name: "y", Shape: shape, Data: data})
	}
	nan := []float32{1, 2, float32(math.NaN()), 0, 0, 0, 0, 0, 0, 0}
	for _, c := range []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"no zip", []byte("hello"), "not an .npz"},
		{"cut", archive(t, x, y)[:100], "not an .npz"},
		{"other names", archive(t, npy.Array{Name: "a", Shape: []int{1}, Data: []uint8{1}}), `holds arrays "a", want x_train`},
		{"nothing", archive(t), "(none)"},
		{"half a test", archive(t, npy.Array{Name: "x_train", Shape: x.Shape, Data: x.Data}, npy.Array{Name: "y_train", Shape: y.Shape, Data: y.Data}), "want x_test and y_test"},
		{"flat", withX([]int{10}, make([]float32, 10)), "x has shape [10], want (N, D)"},
		{"no feature", withX([]int{5, 0}, []float32{}), "has shape [5 0]"},
		{"nan", withX([]int{5, 2}, nan), "x: element 2 is NaN"},
		{"beyond float32", withX([]int{5, 2}, []float64{0, 1e39, 0, 0, 0, 0, 0, 0, 0, 0}), "x: element 1 is 1e+39"},
		{"one-hot", withY([]int{5, 2}, make([]int32, 10)), "want (5) labels"},
		{"too few labels", withY([]int{4}, make([]int32, 4)), "y has shape [4]"},
		{"negative", withY([]int{5}, []int64{0, 1, -1, 0, 0}), "y: element 2 is -1"},
		{"fraction", withY([]int{5}, []float32{0, 0.5, 0, 0, 0}), "y: element 1 is 0.5"},
		{"constant", archive(t, x, y), "every feature"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := openNPZ(t, c.bytes); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "a.npz") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
