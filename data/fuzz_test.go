// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/memtest"
	"revgn/internal/npy"
)

// openWithin opens a data set as every command does, in bounded memory, and holds what Open promises of what it accepts.
func openWithin(t *testing.T, name, dir string) {
	t.Helper()
	memtest.Within(t, func() {
		source, err := Open(context.Background(), name, dir, Options{})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of more than one line: %q", err)
			}
			return
		}
		checkSet(t, source.Train)
		checkSet(t, source.Test)
	})
}

func checkSet(t *testing.T, s *Set) {
	t.Helper()
	if s.Len() < 1 || s.D < 1 || len(s.X) != s.Len()*s.D || s.Classes > maxClasses {
		t.Fatalf("%d samples of %d features with %d values, %d classes", s.Len(), s.D, len(s.X), s.Classes)
	}
	for _, y := range s.Y {
		if y < 0 || int(y) >= s.Classes {
			t.Fatalf("label %d of %d classes", y, s.Classes)
		}
	}
	for _, v := range s.X {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("value %g", v)
		}
	}
}

func FuzzIDX(f *testing.F) {
	images, labels := idx([]byte{1, 2, 3, 4}, 1, 2, 2), idx([]byte{7}, 1)
	f.Add(images, labels)
	f.Add(gzipped(f, images), gzipped(f, labels))
	f.Add(idx(nil, math.MaxUint32, math.MaxUint32, math.MaxUint32), idx(nil, math.MaxUint32))
	dir := filepath.Join(f.TempDir(), "mnist")
	write(f, filepath.Join(dir, "t10k-images-idx3-ubyte"), images)
	write(f, filepath.Join(dir, "t10k-labels-idx1-ubyte"), labels)
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		write(t, filepath.Join(dir, "train-images-idx3-ubyte"), images)
		write(t, filepath.Join(dir, "train-labels-idx1-ubyte"), labels)
		openWithin(t, "mnist", filepath.Dir(dir))
	})
}

// FuzzCIFAR takes its bytes for a batch, or for the published archive.
func FuzzCIFAR(f *testing.F) {
	f.Add(batch(2, 1), false)
	f.Add(gzipped(f, batch(2, 1)), false)
	f.Add(gzipped(f, tarred(f, "cifar-10-batches-bin/", cifar10Batches())), true)
	f.Add(tarred(f, "d/", map[string][]byte{"test_batch.bin": batch(1, 3)}), true)
	batches, archived := f.TempDir(), f.TempDir()
	write(f, filepath.Join(batches, "cifar10", "test_batch.bin"), batch(1, 3))
	f.Fuzz(func(t *testing.T, b []byte, archive bool) {
		dir := batches
		if archive {
			dir = archived
			write(t, filepath.Join(dir, "cifar10", "cifar-10-binary.tar.gz"), b)
		} else {
			write(t, filepath.Join(dir, "cifar10", "data_batch_1.bin"), b)
		}
		openWithin(t, "cifar10", dir)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b,class\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n9,10,0\n"))
	f.Add([]byte("\ufeff1e3,\"2\",0\r\n\r\n.5,-4,9999"))
	f.Add(gzipped(f, []byte(strings.Repeat("1,2,0\n", 9)+"2,3,1\n")))
	file := filepath.Join(f.TempDir(), "a.csv")
	f.Fuzz(func(t *testing.T, b []byte) { openWithin(t, "csv:"+write(t, file, b), "") })
}

func FuzzNPZ(f *testing.F) {
	x := npy.Array{Name: "x", Shape: []int{6, 2}, Data: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}
	f.Add(archive(f, x, npy.Array{Name: "y", Shape: []int{6}, Data: []int64{0, 1, 0, 1, 0, 1}}))
	f.Add(archive(f, x, npy.Array{Name: "y", Shape: []int{6, 1}, Data: []uint8{0, 1, 0, 1, 0, 1}}))
	file := filepath.Join(f.TempDir(), "a.npz")
	f.Fuzz(func(t *testing.T, b []byte) { openWithin(t, "npz:"+write(t, file, b), "") })
}

// A small file must not fill memory, however well it is packed.
func TestBombsAreRefused(t *testing.T) {
	dir := t.TempDir()
	smallMNIST(t, filepath.Join(dir, "mnist"), "", func(b []byte) []byte { return b })
	bomb := gzipped(t, idx(make([]byte, 64<<20), 1, 8<<10, 8<<10))
	file := filepath.Join(dir, "mnist", "train-images-idx3-ubyte")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	write(t, file+".gz", bomb)
	memtest.Within(t, func() {
		_, err := Open(context.Background(), "mnist", dir, Options{})
		if err == nil || !strings.Contains(err.Error(), "100 times its size") || strings.Count(err.Error(), file) != 1 {
			t.Errorf("%d bytes: got %v, want a refusal that names the file once", len(bomb), err)
		}
	})
}
