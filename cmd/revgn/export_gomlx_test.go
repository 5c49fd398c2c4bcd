// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"revgn/internal/config"
	"revgn/internal/runs"
	"revgn/model"
)

// tensorBytes are the values of a variable, bit by bit.
func tensorBytes(t *testing.T, v *gomlx.Variable) []byte {
	t.Helper()
	value, err := v.Value()
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	if err := value.ConstBytes(func(data []byte) { b = bytes.Clone(data) }); err != nil {
		t.Fatal(err)
	}
	return b
}

// logitsOf evaluates the network on an input that has no symmetry.
func logitsOf(t *testing.T, vars *model.Variables) []byte {
	t.Helper()
	backend, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	exec := gomlx.MustNewExec(backend, vars.Store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
		return vars.Network(x.Graph()).At(graph.ConvertDType(x, vars.Config.DType)).Logits
	})
	x := make([]float64, 3*vars.Config.Width)
	for i := range x {
		x[i] = float64(i*i%7) - 2.75
	}
	out := exec.MustCall(tensors.FromFlatDataAndDimensions(x, 3, vars.Config.Width))[0]
	var b []byte
	if err := out.ConstBytes(func(data []byte) { b = bytes.Clone(data) }); err != nil {
		t.Fatal(err)
	}
	return b
}

// asTrained are the variables of a run's network at a step.
func asTrained(t *testing.T, dir string, step int) *model.Variables {
	t.Helper()
	run, err := runs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := run.Weights(step)
	if err != nil {
		t.Fatal(err)
	}
	vars, err := model.NewVariables(run.Network)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Put(vars); err != nil {
		t.Fatal(err)
	}
	return vars
}

// GoMLX's own package loads what is exported: into a network drawn from another seed, whose every tensor it replaces, and into an empty store.
func TestExportGoMLX(t *testing.T) {
	for name, edit := range map[string]func(*config.Options){
		"f32": func(*config.Options) {}, "f64": func(o *config.Options) { o.DType = config.F64 }, "no bias": func(o *config.Options) { o.Bias = false },
		"scaled": func(o *config.Options) { o.OutputScale = 2 }, "linearised": func(o *config.Options) { o.Linearised = true },
	} {
		t.Run(name, func(t *testing.T) {
			dir := storedRunOf(t, edit, 5, 7)
			to := filepath.Join(t.TempDir(), "weights")
			stdout, err := export(dir, "--format", "gomlx", "--step", "7", "--out", to)
			if err != nil || !strings.HasPrefix(stdout, to+": step 7, ") {
				t.Fatalf("%q, %v", stdout, err)
			}
			want := asTrained(t, dir, 7)
			other := want.Config
			other.Seed++
			got, err := model.NewVariables(other)
			if err != nil {
				t.Fatal(err)
			}
			before := logitsOf(t, got)
			if _, err := checkpoint.Load(got.Store).Dir(to).Done(); err != nil {
				t.Fatal(err)
			}
			compareStores(t, want.Store, got.Store)
			if logits := logitsOf(t, got); !bytes.Equal(logits, logitsOf(t, want)) || bytes.Equal(logits, before) {
				t.Error("the loaded network has not the logits of the run's")
			}

			empty := gomlx.NewStore()
			if _, err := checkpoint.Load(empty).Dir(to).Immediate().Done(); err != nil {
				t.Fatal(err)
			}
			compareStores(t, want.Store, empty)
			if step := optimizer.GetGlobalStep(empty); step != 7 {
				t.Errorf("global step %d, want 7", step)
			}
			if n := empty.NumVariables(); n != want.Store.NumVariables()+1 {
				t.Errorf("%d variables, want %d and the global step", n, want.Store.NumVariables())
			}
			compareParams(t, empty, want.Config)
		})
	}
}

func compareStores(t *testing.T, want, got *gomlx.Store) {
	t.Helper()
	for v := range want.IterVariables() {
		loaded := got.GetVariable(v.Path())
		if loaded == nil || !loaded.Shape().Equal(v.Shape()) || !bytes.Equal(tensorBytes(t, v), tensorBytes(t, loaded)) {
			t.Errorf("%s is not what was exported", v.Path())
		}
	}
}

// What a store carries beside the variables suffices to build the network.
func compareParams(t *testing.T, store *gomlx.Store, want model.Config) {
	t.Helper()
	scope := store.RootScope().In("net")
	got := model.Config{
		Width: gomlx.MustGetParam[int](scope, "width"), Classes: gomlx.MustGetParam[int](scope, "classes"),
		Blocks: gomlx.MustGetParam[int](scope, "blocks"), Hidden: gomlx.MustGetParam[int](scope, "hidden"),
		Activation:      model.Activation(gomlx.MustGetParam[string](scope, "activation")),
		FirstActivation: model.Activation(gomlx.MustGetParam[string](scope, "first_activation")),
		Bias:            gomlx.MustGetParam[bool](scope, "bias"), Linearised: gomlx.MustGetParam[bool](scope, "linearised"),
		OutputScale: gomlx.MustGetParam[float64](scope, "output_scale"),
	}
	want.OutputScale = want.Scale()
	want.InitStd, want.ProjGain, want.Seed, want.DType = 0, 0, 0, got.DType // which the variables themselves say
	if got != want {
		t.Errorf("parameters %+v, want %+v", got, want)
	}
}

// The same network gives the same bytes, an earlier export is replaced, and a directory that holds anything else stays as it is.
func TestExportGoMLXDirectory(t *testing.T) {
	dir := storedRun(t, config.F32, 5)
	stdout, err := export(dir, "--format", "gomlx")
	first := dir + "-step-00000005-gomlx"
	if err != nil || !strings.HasPrefix(stdout, first) {
		t.Fatalf("%q, %v", stdout, err)
	}
	second := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(second, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := export(dir, "--format", "gomlx", "--out", second); err != nil {
		t.Fatal(err)
	}
	names := []string{"checkpoint-n0000000-step-00000005.bin", "checkpoint-n0000000-step-00000005.json"}
	for _, to := range []string{first, second} {
		entries, err := os.ReadDir(to)
		if err != nil || len(entries) != 2 || entries[0].Name() != names[0] || entries[1].Name() != names[1] {
			t.Errorf("%s holds %v, %v", to, entries, err)
		}
	}
	for _, name := range names {
		a, errA := os.ReadFile(filepath.Join(first, name))
		b, errB := os.ReadFile(filepath.Join(second, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs, %v %v", name, errA, errB)
		}
	}
	if _, err := export(dir, "--format", "gomlx", "--step", "0", "--out", second); err != nil {
		t.Errorf("an export in the place of an earlier one: %v", err)
	}
	if entries, err := os.ReadDir(second); err != nil || len(entries) != 2 || entries[0].Name() != "checkpoint-n0000000-step-00000000.bin" {
		t.Errorf("in place of an earlier export stand %v, %v", entries, err)
	}
	writeTestFile(t, filepath.Join(second, "mine"), "")
	if _, err := export(dir, "--format", "gomlx", "--out", second); err == nil || !strings.Contains(err.Error(), "new or empty directory") {
		t.Errorf("an export beside another file: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(second), ".gomlx-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A file that the disk does not take is an error, and leaves nothing under the name.
func TestExportGoMLXCannotWrite(t *testing.T) {
	dir := storedRun(t, config.F32, 5)
	for _, to := range []string{filepath.Join(dir, "config.yaml", "x"), filepath.Join(dir, "config.yaml"), filepath.Join(dir, "absent", "x")} {
		_, err := export(dir, "--format", "gomlx", "--out", to)
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), to) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "config.yaml")); err != nil || !slices.Contains(strings.Split(string(text), "\n"), "hidden: 3") {
		t.Errorf("config.yaml changed: %v", err)
	}
}
