// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/config"
	"revgn/internal/npy"
	"revgn/internal/record"
	"revgn/internal/train"
	"revgn/model"
)

// storedRun writes a run of a network with d = 2, h = 3, K = 2 and L = 1, whose
// trained weights at step s are all s.
func storedRun(t *testing.T, dtype config.DType, steps ...int) string {
	t.Helper()
	return storedRunOf(t, func(o *config.Options) { o.DType = dtype }, steps...)
}

// storedRunOf is storedRun with other options.
func storedRunOf(t *testing.T, edit func(*config.Options), steps ...int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	r, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := config.Default()
	o.Blocks, o.Hidden = 1, 3
	edit(&o)
	yaml, err := o.Resolved()
	if err != nil {
		t.Fatal(err)
	}
	m := record.NewManifest(time.Now())
	m.Features, m.Classes = 4, 2
	errs := []error{r.WriteConfig(yaml), r.WriteManifest(m)}
	for _, s := range steps {
		errs = append(errs, r.SaveCheckpoint(record.Checkpoint{Step: s, Keep: true, Arrays: trainedArrays(o.DType, s)}))
	}
	for _, err := range append(errs, r.Close()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func trainedArrays(dtype config.DType, step int) []npy.Array {
	constant := func(name string, n int, shape ...int) npy.Array {
		if dtype == config.F64 {
			v := make([]float64, n)
			for i := range v {
				v[i] = float64(step)
			}
			return npy.Array{Name: name, Shape: shape, Data: v}
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(step)
		}
		return npy.Array{Name: name, Shape: shape, Data: v}
	}
	return []npy.Array{
		constant("block0.g.b", 2, 2), constant("block0.f.W", 6, 3, 2), constant("block0.f.b", 2, 2), constant("block0.g.W", 6, 3, 2),
		constant("opt/block0.f.W/m", 6, 3, 2), constant("batch.x", 8, 2, 4), {Name: "batch.y", Shape: []int{2}, Data: []int32{1, 0}},
	}
}

// export runs the command alone.
func export(args ...string) (string, error) {
	var out bytes.Buffer
	cmd := newExportCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	err := cmd.Execute()
	return out.String(), err
}

func names(arrays []npy.Array) string {
	var b strings.Builder
	for _, a := range arrays {
		b.WriteString(a.Name + " ")
	}
	return strings.TrimSpace(b.String())
}

const networkNames = "block0.f.C block0.f.W block0.f.b block0.g.C block0.g.W block0.g.b readout.U"

func TestExportNewest(t *testing.T) {
	for _, dtype := range []config.DType{config.F32, config.F64} {
		dir := storedRun(t, dtype, 5, 7)
		stdout, err := export(dir, "--batch")
		if err != nil {
			t.Fatal(err)
		}
		path := dir + "-step-00000007.npz"
		if !strings.HasPrefix(stdout, path+": step 7, 9 arrays") {
			t.Errorf("stdout %q", stdout)
		}
		arrays, err := npy.ReadFile(path, npy.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(arrays); got != networkNames+" batch.x batch.y" {
			t.Errorf("arrays %s", got)
		}
		for _, want := range trainedArrays(dtype, 7) {
			if got, ok := npy.Find(arrays, want.Name); ok {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
		}
		for name, shape := range map[string][]int{"block0.f.C": {2, 3}, "readout.U": {4, 2}} {
			if a, _ := npy.Find(arrays, name); !cmp.Equal(a.Shape, shape) {
				t.Errorf("%s has shape %v, want %v", name, a.Shape, shape)
			}
		}
	}
}

// Step 0 needs no checkpoint; its tensors are the ones that training starts from.
func TestExportInitial(t *testing.T) {
	dir := storedRun(t, config.F32)
	path := filepath.Join(t.TempDir(), "first.npz")
	if _, err := export(dir, "--step", "0", "--out", path); err != nil {
		t.Fatal(err)
	}
	arrays, err := npy.ReadFile(path, npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	o := config.Default()
	o.Blocks, o.Hidden = 1, 3
	v, err := model.NewVariables(train.NetworkConfig(o, 4, 2))
	if err != nil {
		t.Fatal(err)
	}
	values, err := v.Values()
	if err != nil {
		t.Fatal(err)
	}
	if len(arrays) != len(values) {
		t.Errorf("%d arrays, want %d", len(arrays), len(values))
	}
	for _, a := range arrays {
		want, err := train.HostArray(a.Name, values[a.Name])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, a); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	dir := storedRun(t, config.F32, 5)
	wider := storedRun(t, config.F32, 5)
	path := filepath.Join(wider, "config.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("hidden: 3"), []byte("hidden: 4"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{dir, "--step", "6"}, "no checkpoint of step 6; it has 0, 5 (a run keeps the newest two, and with --checkpoint-every", exitFailed},
		{[]string{dir, "--step", "-2"}, "got -2", exitUsage},
		{[]string{dir, "--step", "0", "--batch"}, "seen no batch", exitUsage},
		{[]string{t.TempDir()}, "holds no run", exitFailed},
		{[]string{wider}, "block0.f.W has shape [3 2], want [4 2]", exitFailed},
		{[]string{dir, "--out", filepath.Join(dir, "config.yaml", "x.npz")}, "config.yaml is not a directory", exitFailed},
		{[]string{dir, "--out", filepath.Join(dir, "absent", "x.npz")}, "x.npz: there is no directory " + filepath.Join(dir, "absent"), exitFailed},
		{[]string{dir, "--out", dir}, "it is a directory", exitFailed},
		{[]string{dir, "--out", "-"}, "for --metrics csv alone", exitUsage},
		{[]string{dir, "--out", "-", "--format", "gomlx"}, "for --metrics csv alone", exitUsage},
	} {
		_, err := export(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || exitCode(err) != c.code {
			t.Errorf("%v: error %v, want one line with %q and exit code %d", c.args, err, c.want, c.code)
		}
	}
}
