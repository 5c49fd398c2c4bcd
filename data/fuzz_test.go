// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"context"
	"math"
	"testing"

	"revgn/internal/npy"
)

// checkSamples holds what every reader promises of what it accepts.
func checkSamples(t *testing.T, s *samples) {
	t.Helper()
	if s.n < 1 || s.d < 1 || len(s.y) != s.n || len(s.u8)+len(s.f32) != s.n*s.d {
		t.Fatalf("%d samples of %d features with %d labels and %d values", s.n, s.d, len(s.y), len(s.u8)+len(s.f32))
	}
	for _, y := range s.y {
		if y < 0 || y >= maxClasses {
			t.Fatalf("label %d", y)
		}
	}
	for _, v := range s.f32 {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("value %g", v)
		}
	}
}

func fuzzStream(b []byte) (*stream, error) {
	return newStream(context.Background(), "fuzz", bytes.NewReader(b), int64(len(b)))
}

func FuzzIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3, 4}, 1, 2, 2))
	f.Add(gzipped(f, idx([]byte{1, 2, 3, 4}, 1, 2, 2)))
	f.Add(idx(nil, math.MaxUint32, math.MaxUint32, math.MaxUint32))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := fuzzStream(b)
		if err != nil {
			return
		}
		dims, elements, err := readIDX(s, 3)
		if err == nil && (len(dims) != 3 || dims[0]*dims[1]*dims[2] != len(elements) || len(elements) == 0) {
			t.Fatalf("%v with %d elements", dims, len(elements))
		}
	})
}

func FuzzCIFAR(f *testing.F) {
	f.Add(batch(2, 1), false)
	f.Add(gzipped(f, batch(2, 1)), false)
	f.Add(gzipped(f, tarred(f, "d/", map[string][]byte{"test_batch.bin": batch(1, 3)})), true)
	f.Fuzz(func(t *testing.T, b []byte, archive bool) {
		format := cifarFormat{[]int{10}}
		s, err := fuzzStream(b)
		if err != nil {
			return
		}
		into := &samples{d: cifarPixels}
		if archive {
			all, err := format.readEntries(s, []string{"test_batch.bin"})
			if err != nil {
				return
			}
			into = all[0]
		} else if err := format.read(s, into); err != nil {
			return
		}
		checkSamples(t, into)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b,class\n1,2,0\n3,4,1\n"))
	f.Add([]byte("\ufeff1e3,\"2\",0\r\n\r\n.5,-4,9999"))
	f.Add(gzipped(f, []byte("1,2,0\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := fuzzStream(b)
		if err != nil {
			return
		}
		if out, err := readCSV(s); err == nil {
			checkSamples(t, out)
		}
	})
}

func FuzzNPZ(f *testing.F) {
	x := npy.Array{Name: "x", Shape: []int{2, 2}, Data: []float64{1, 2, 3, 4}}
	f.Add(archive(f, x, npy.Array{Name: "y", Shape: []int{2}, Data: []int64{0, 1}}))
	f.Add(archive(f, x, npy.Array{Name: "y", Shape: []int{2, 1}, Data: []uint8{0, 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		train, test, err := readNPZ("fuzz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		checkSamples(t, train)
		if test != nil {
			checkSamples(t, test)
		}
	})
}
