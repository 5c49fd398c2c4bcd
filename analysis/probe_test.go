// SPDX-License-Identifier: Apache-2.0

package analysis_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
)

func TestProbeRefusesWhatIsNoSet(t *testing.T) {
	for name, c := range map[string]struct {
		x    []float32
		y    []int32
		want string
	}{
		"empty":       {nil, nil, "no samples"},
		"ragged":      {[]float32{1, 2, 3}, []int32{0, 1}, "3 values for 2 samples"},
		"no features": {nil, []int32{0}, "0 values"},
		"label":       {[]float32{1, 2}, []int32{0, 2}, "sample 1 has label 2"},
		"negative":    {[]float32{1, 2}, []int32{-1, 0}, "sample 0 has label -1"},
	} {
		if _, err := analysis.NewProbe("d", "test", c.x, c.y, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}

// The hash is that of the bytes that the documentation names, computed here by hand.
func TestProbeHash(t *testing.T) {
	p := probe(t)
	bytes := []byte{3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}
	for range 6 {
		bytes = append(bytes, 0, 0, 0x80, 0x3f) // 1 as float32
	}
	bytes = append(bytes, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0)
	if want := fmt.Sprintf("%x", sha256.Sum256(bytes)); p.SHA256 != want {
		t.Errorf("got %s, want %s", p.SHA256, want)
	}
	first := p.First(2)
	if first.Len() != 2 || len(first.X) != 4 || first.SHA256 == p.SHA256 {
		t.Errorf("the first 2 of 3: got %d samples, %d values, the same hash: %v", first.Len(), len(first.X), first.SHA256 == p.SHA256)
	}
	if all := p.First(9); all.SHA256 != p.SHA256 {
		t.Error("the first 9 of 3 have another hash than all")
	}
}

func TestProbeTensors(t *testing.T) {
	p := probe(t)
	for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
		x, y := p.Tensors(dtype, 1, 3)
		if got := x.Shape().String(); x.DType() != dtype || x.Shape().Dim(0) != 2 || x.Shape().Dim(1) != 2 {
			t.Errorf("%s: x is %s", dtype, got)
		}
		if got := tensors.MustCopyFlatData[int32](y); len(got) != 2 || got[0] != 3 || got[1] != 1 {
			t.Errorf("labels %v, want 3 1", got)
		}
	}
}

func probe(t *testing.T) analysis.Probe {
	t.Helper()
	p, err := analysis.NewProbe("ones", "test", []float32{1, 1, 1, 1, 1, 1}, []int32{0, 3, 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
