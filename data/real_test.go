// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realData is the folder with real data sets: $REVGN_TEST_DATA, else shared/data
// beside the checkout. It skips the test where neither holds name.
func realData(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("REVGN_TEST_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	if _, err := locate(name, dir); err != nil {
		t.Skipf("no real %s in %s; set REVGN_TEST_DATA to a folder that has it: %v", name, dir, err)
	}
	return dir
}

func TestRealMNIST(t *testing.T) {
	src, err := Open(context.Background(), "mnist", realData(t, "mnist"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if src.Name != "mnist" || len(src.Warnings) != 0 || src.Train.Len() != 60000 || src.Test.Len() != 10000 || src.Train.D != 784 {
		t.Errorf("%q: %d + %d images of %d, warnings %q", src.Name, src.Train.Len(), src.Test.Len(), src.Train.D, src.Warnings)
	}
	// The well-known counts and first labels of the training part.
	if got, want := src.Train.Counts(), []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	if got := src.Train.Y[:5]; !slices.Equal(got, []int32{5, 0, 4, 1, 9}) {
		t.Errorf("first labels %v, want 5 0 4 1 9", got)
	}
	// The published constants are the moments of these images.
	if mean, std := moments(src.Train.X); math.Abs(mean) > 1e-3 || math.Abs(std-1) > 1e-3 {
		t.Errorf("normalised images have mean %g and std %g", mean, std)
	}
}

func TestRealCIFARSubset(t *testing.T) {
	src, err := Open(context.Background(), "cifar10", realData(t, "cifar10"), Options{TrainSize: 1024})
	if err != nil {
		t.Fatal(err)
	}
	if s := src.Train; s.Len() != 1024 || s.D != 3072 || src.Test.D != 3072 || s.Channels != 3 || s.Height != 32 || s.Width != 32 {
		t.Errorf("%d images of %d", src.Train.Len(), src.Train.D)
	}
	if src.Test.Len() != 10000 && (src.Name != "cifar10 (subset)" || !strings.Contains(strings.Join(src.Warnings, "\n"), "the published one 10000")) {
		t.Errorf("name %q, warnings %q for %d test images", src.Name, src.Warnings, src.Test.Len())
	}
	if mean, std := moments(src.Train.X); math.Abs(mean) > 0.1 || math.Abs(std-1) > 0.1 {
		t.Errorf("normalised images have mean %g and std %g", mean, std)
	}
}

func moments(x []float32) (mean, std float64) {
	for _, v := range x {
		mean += float64(v)
		std += float64(v) * float64(v)
	}
	mean /= float64(len(x))
	return mean, math.Sqrt(std/float64(len(x)) - mean*mean)
}
