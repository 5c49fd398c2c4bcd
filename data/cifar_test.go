// SPDX-License-Identifier: Apache-2.0

package data

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// batch is n records: labels from first on, pixel j of every record is j mod 251.
func batch(n, first int, labelBytes ...byte) []byte {
	var b []byte
	for i := range n {
		b = append(append(b, labelBytes...), byte((first+i)%10))
		for j := range cifarPixels {
			b = append(b, byte(j%251))
		}
	}
	return b
}

func cifar10Batches() map[string][]byte {
	m := map[string][]byte{"test_batch.bin": batch(2, 7)}
	for i := 1; i <= 5; i++ {
		m[fmt.Sprintf("data_batch_%d.bin", i)] = batch(i, 2*i)
	}
	return m
}

// tarred packs the entries in a fixed order that is not that of their names.
func tarred(t testing.TB, prefix string, entries map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	names := []string{}
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Reverse(names)
	for _, name := range names {
		h := &tar.Header{Name: prefix + name, Mode: 0o644, Size: int64(len(entries[name])), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(entries[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestCIFARFormats reads the same images from every layout.
func TestCIFARFormats(t *testing.T) {
	batches := cifar10Batches()
	archive := tarred(t, "cifar-10-batches-bin/", batches)
	layouts := map[string]func(dir string){
		"raw": func(dir string) {
			for name, b := range batches {
				write(t, filepath.Join(dir, name), b)
			}
		},
		"gz": func(dir string) {
			for name, b := range batches {
				write(t, filepath.Join(dir, name+".gz"), gzipped(t, b))
			}
		},
		"unpacked archive": func(dir string) {
			for name, b := range batches {
				write(t, filepath.Join(dir, "cifar-10-batches-bin", name), b)
			}
		},
		"tar.gz": func(dir string) { write(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), gzipped(t, archive)) },
		"tar":    func(dir string) { write(t, filepath.Join(dir, "cifar-10-binary.tar"), archive) },
		"tar.gz beside some batches": func(dir string) {
			write(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), gzipped(t, archive))
			write(t, filepath.Join(dir, "data_batch_1.bin"), batches["data_batch_1.bin"])
			write(t, filepath.Join(dir, "test_batch.bin"), batches["test_batch.bin"])
		},
	}
	hash := ""
	for name, lay := range layouts {
		dir := t.TempDir()
		lay(filepath.Join(dir, "cifar10"))
		src, err := Open(context.Background(), "cifar10", dir, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if hash == "" {
			hash = src.Hash
		}
		if src.Hash != hash || src.Train.Len() != 15 || src.Test.Len() != 2 {
			t.Errorf("%s: %d + %d images, hash %s, want 15 + 2 and %s", name, src.Train.Len(), src.Test.Len(), src.Hash, hash)
		}
		if !slices.Equal(src.Train.Y[:6], []int32{2, 4, 5, 6, 7, 8}) {
			t.Errorf("%s: labels %v: the batches are not in order", name, src.Train.Y)
		}
		for c, m := range src.Mean { // the first pixel of each plane
			j := c * 1024
			if want := float32((float64(j%251)/255 - m) / src.Std[c]); src.Train.X[j] != want {
				t.Errorf("%s: pixel %d is %g, want %g", name, j, src.Train.X[j], want)
			}
		}
	}
}

func TestCIFARMissingBatches(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"data_batch_1.bin", "data_batch_3.bin", "test_batch.bin"} {
		write(t, filepath.Join(dir, "cifar10", name), cifar10Batches()[name])
	}
	src, err := Open(context.Background(), "cifar10", dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(src.Warnings, "\n")
	if src.Name != "cifar10 (subset)" || src.Train.Name != src.Name || !strings.Contains(all, "2 of 5 training batches") || !strings.Contains(all, "has 4 images, the published one 50000") {
		t.Errorf("name %q, warnings %q", src.Name, src.Warnings)
	}
}

func TestCIFAR100UsesFineLabels(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cifar100", "train.bin"), batch(3, 4, 19))
	write(t, filepath.Join(dir, "cifar100", "test.bin"), batch(1, 1, 0))
	src, err := Open(context.Background(), "cifar100", dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if src.Train.Classes != 100 || !slices.Equal(src.Train.Y, []int32{4, 5, 6}) {
		t.Errorf("%d classes, labels %v", src.Train.Classes, src.Train.Y)
	}
	bad := write(t, filepath.Join(dir, "cifar100", "test.bin"), batch(1, 1, 20))
	_, err = Open(context.Background(), "cifar100", dir, Options{})
	wantFileError(t, err, bad, 0, "label 20 of record 0, want 0 to 19")
}

func TestCIFARRefuses(t *testing.T) {
	two := batch(2, 0)
	mislabelled := slices.Clone(two)
	mislabelled[3073] = 10
	for _, c := range []struct {
		name   string
		bytes  []byte
		offset int64
		want   string
	}{
		{"empty", nil, 0, "empty"},
		{"cut", two[:5000], 3073, "size 5000 is no multiple of 3073"},
		{"cut, gzipped", gzipped(t, two[:5000]), 5000, "a record takes 3073 bytes, 1927 are there"},
		{"label", mislabelled, 3073, "label 10 of record 1, want 0 to 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "b.bin"), c.bytes)
			_, err := cifarFormat{[]int{10}}.readFiles(context.Background(), []string{path})
			wantFileError(t, err, path, c.offset, c.want)
		})
	}
}

func TestCIFARArchiveRefuses(t *testing.T) {
	good := cifar10Batches()
	without, cut := cifar10Batches(), cifar10Batches()
	delete(without, "data_batch_4.bin")
	cut["data_batch_4.bin"] = cut["data_batch_4.bin"][:4000]
	archive := gzipped(t, tarred(t, "d/", good))
	for _, c := range []struct {
		name  string
		bytes []byte
		entry string
		want  string
	}{
		{"no archive", []byte("hello"), "", "truncated"},
		{"not tar", bytes.Repeat([]byte("no tar "), 200), "", "damaged archive"},
		{"cut", archive[:len(archive)/2], "", "truncated"},
		{"batch missing", gzipped(t, tarred(t, "d/", without)), "", "ends without data_batch_4.bin"},
		{"batch cut", gzipped(t, tarred(t, "d/", cut)), ":d/data_batch_4.bin", "size 4000 is no multiple"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, filepath.Join(dir, "cifar10", "cifar-10-binary.tar.gz"), c.bytes)
			_, err := Open(context.Background(), "cifar10", dir, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path+c.entry) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
