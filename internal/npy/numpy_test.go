// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

// script loads what Go wrote, checks one value a type, and writes arrays back in
// the forms that only numpy gives: Fortran order, bool, deflated.
const script = `
import sys, numpy as np
a = np.load(sys.argv[1], allow_pickle=False)
assert sorted(a.files) == sorted(['f4','f8','i4','i8','u1','opt/block0.f.W/m','empty','none','big']), a.files
assert a['f4'].dtype == np.float32 and a['f4'].shape == (2, 3) and a['f4'][0, 2] == 3.5
assert a['f8'].dtype == np.float64 and a['f8'][0] == np.pi
assert a['i4'].dtype == np.int32 and a['i4'].shape == (2, 1, 2) and a['i4'][1, 0, 1] == 2**31 - 1
assert a['i8'].dtype == np.int64 and a['i8'][0] == -2**63
assert a['u1'].dtype == np.uint8 and a['u1'][2] == 128
assert a['opt/block0.f.W/m'].shape == () and a['opt/block0.f.W/m'] == 42
assert a['empty'].shape == (0,) and a['none'].shape == (3, 0, 2)
assert a['big'].shape == (70001,) and a['big'][70000] == np.float32(70000) / np.float32(3)
np.savez_compressed(sys.argv[2], t=np.asfortranarray(np.arange(24, dtype=np.int64).reshape(2, 3, 4)),
    b=np.array([True, False]), s=np.float32(1.5), e=np.zeros((0, 2)))
`

func TestNumpy(t *testing.T) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import numpy").CombinedOutput(); err != nil {
		t.Skipf("%s has no numpy (PYTHON names another interpreter): %v %s", python, err, out)
	}
	dir := t.TempDir()
	ours, theirs := filepath.Join(dir, "ours.npz"), filepath.Join(dir, "theirs.npz")
	if err := WriteFile(ours, samples()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(python, "-c", script, ours, theirs).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := ReadFile(theirs, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	count := make([]int64, 24)
	for i := range count {
		count[i] = int64(i)
	}
	want := []Array{
		{"t", []int{2, 3, 4}, count},
		{"b", []int{2}, []uint8{1, 0}},
		{"s", []int{}, []float32{1.5}},
		{"e", []int{0, 2}, []float64{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
