// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// idx is an IDX file with these dimensions and elements.
func idx(elements []byte, dims ...uint32) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, elements...)
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func write(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// smallMNIST writes 3 + 2 images of 2x2 pixels, through pack.
func smallMNIST(t testing.TB, dir, end string, pack func([]byte) []byte) {
	t.Helper()
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"+end), pack(idx([]byte{0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3, 2, 2)))
	write(t, filepath.Join(dir, "train-labels-idx1-ubyte"+end), pack(idx([]byte{9, 0, 1}, 3)))
	write(t, filepath.Join(dir, "t10k-images-idx3-ubyte"+end), pack(idx([]byte{1, 1, 1, 1, 2, 2, 2, 2}, 2, 2, 2)))
	write(t, filepath.Join(dir, "t10k-labels-idx1-ubyte"+end), pack(idx([]byte{3, 4}, 2)))
}

func TestMNISTFormats(t *testing.T) {
	plain, packed, torch := t.TempDir(), t.TempDir(), t.TempDir()
	same := func(b []byte) []byte { return b }
	smallMNIST(t, filepath.Join(plain, "mnist"), "", same)
	smallMNIST(t, filepath.Join(packed, "mnist"), ".gz", func(b []byte) []byte { return gzipped(t, b) })
	smallMNIST(t, filepath.Join(torch, "MNIST", "raw"), "", same)
	var hashes []string
	for _, dir := range []string{plain, packed, torch} {
		src, err := Open(context.Background(), "mnist", dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if src.Train.Len() != 3 || src.Test.Len() != 2 || src.Train.D != 4 || !slices.Equal(src.Train.Y, []int32{9, 0, 1}) {
			t.Errorf("read %+v", src.Train)
		}
		for i, want := range []float64{(0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081} {
			if src.Train.X[i] != float32(want) {
				t.Errorf("pixel %d is %g, want %g", i, src.Train.X[i], want)
			}
		}
		if src.Name != "mnist (subset)" || len(src.Warnings) != 3 || !strings.Contains(src.Warnings[0], "3 images, the published one 60000") {
			t.Errorf("name %q, warnings %q", src.Name, src.Warnings)
		}
		hashes = append(hashes, src.Hash)
	}
	if hashes[0] != hashes[1] || hashes[0] != hashes[2] {
		t.Errorf("the hash depends on packing or place: %v", hashes)
	}
}

func TestIDXRefuses(t *testing.T) {
	good := idx([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
	packed := gzipped(t, good)
	damaged := slices.Clone(packed)
	damaged[len(damaged)-5] ^= 1 // the CRC
	for _, c := range []struct {
		name   string
		bytes  []byte
		offset int64
		want   string
	}{
		{"empty", nil, 0, "magic number takes 4 bytes, 0 are there"},
		{"labels for images", idx([]byte{1}, 1), 3, "0x00000801, want 0x00000803"},
		{"float elements", append([]byte{0, 0, 0x0d, 3}, good[4:]...), 2, "want 0x00000803"},
		{"not IDX", []byte("<html>not here</html>"), 0, "want 0x00000803"},
		{"header cut", good[:10], 10, "dimension 1 takes 4 bytes, 2 are there"},
		{"elements cut", good[:20], 16, "8 elements of [2 2 2] takes 8 bytes, 4 are there"},
		{"elements cut, gzipped", gzipped(t, good[:20]), 20, "takes 8 bytes, 4 are there"},
		{"gzip cut", packed[:len(packed)-9], -1, "truncated"},
		{"gzip sum", damaged, 24, "checksum"},
		{"left over", append(slices.Clone(good), 0), 24, "left over"},
		{"no image", idx(nil, 0, 28, 28), 4, "dimension 0 is 0"},
		{"huge", idx(nil, 1<<31, 1<<31, 1<<31), 4, "want 1 to 1073741824"},
		{"huge product", idx(nil, 60000, 1<<20, 2), 8, "want 1 to"},
		{"claims a gigabyte", gzipped(t, idx([]byte{1}, 1<<30, 1, 1)), 17, "1 are there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "images"), c.bytes)
			_, _, _, err := readIDXFile(context.Background(), path, 3)
			wantFileError(t, err, path, c.offset, c.want)
		})
	}
}

// wantFileError checks file, offset (-1: any) and a part of the message.
func wantFileError(t *testing.T, err error, file string, offset int64, part string) {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) {
		t.Fatalf("got %v, want a FileError with %q", err, part)
	}
	if fe.File != file || offset >= 0 && fe.Offset != offset || !strings.Contains(fe.Error(), part) {
		t.Errorf("got %q at byte %d, want %q at byte %d of %s", fe.Error(), fe.Offset, part, offset, file)
	}
}

func TestIDXPairRefuses(t *testing.T) {
	images := idx([]byte{1, 2}, 2, 1, 1)
	for _, c := range []struct {
		name   string
		labels []byte
		offset int64
		want   string
	}{
		{"one label too few", idx([]byte{1}, 1), 4, "1 labels, want 2"},
		{"label 10", idx([]byte{1, 10}, 2), 9, "label 10, want 0 to 9"},
		{"images for labels", images, 3, "want 0x00000801"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			x, y := write(t, filepath.Join(dir, "x"), images), write(t, filepath.Join(dir, "y"), c.labels)
			_, err := readIDXPair(context.Background(), x, y, 10)
			wantFileError(t, err, y, c.offset, c.want)
		})
	}
}

func TestMissing(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mnist", "fashion-mnist", "cifar10", "cifar100"} {
		_, err := Open(context.Background(), name, dir, Options{})
		if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "revgn data get "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(context.Background(), "minst", dir, Options{}); err == nil || !strings.Contains(err.Error(), "want digits, mnist") {
		t.Errorf("unknown name: %v", err)
	}
	// A directory under the name of a file is not the file.
	if err := os.MkdirAll(filepath.Join(dir, "cifar10", "cifar-10-binary.tar.gz"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), "cifar10", dir, Options{}); !errors.Is(err, ErrMissing) {
		t.Errorf("a directory: %v", err)
	}
}

func TestOpenStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	smallMNIST(t, filepath.Join(dir, "mnist"), "", func(b []byte) []byte { return b })
	for _, name := range []string{"digits", "mnist"} {
		if _, err := Open(ctx, name, dir, Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
