// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"revgn/internal/npy"
)

// export writes a network, and a batch where x is given, as the program's own export does.
func export(n *Net, x *mat.Dense, y []int32) []npy.Array {
	var out []npy.Array
	add := func(name string, a *mat.Dense) {
		rows, cols := a.Dims()
		out = append(out, npy.Array{Name: name, Shape: []int{rows, cols}, Data: Vec(a)})
	}
	for c := range n.Couplings() {
		add(CouplingName(c)+".C", n.C[c])
		add(CouplingName(c)+".W", n.W[c])
		if n.Bias {
			out = append(out, npy.Array{Name: CouplingName(c) + ".b", Shape: []int{n.Half()}, Data: n.B[c]})
		}
	}
	add("readout.U", n.U)
	if x != nil {
		add("batch.x", x)
		out = append(out, npy.Array{Name: "batch.y", Shape: []int{len(y)}, Data: y})
	}
	return out
}

func TestLoadUndoesExport(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, y := p.draw()
		arrays := export(n, x, y)
		got, err := LoadNet(arrays, p.Act, p.FirstAct)
		if err != nil {
			t.Fatal(err)
		}
		if got.Config != n.Config {
			t.Errorf("got %+v, want %+v", got.Config, n.Config)
		}
		bx, by, err := LoadBatch(arrays)
		if err != nil || !slices.Equal(by, y) {
			t.Fatalf("labels %v, want %v (%v)", by, y, err)
		}
		stream, _ := got.Forward(bx)
		want, _ := n.Forward(x)
		within(t, "forward of the loaded network", stream, want, 0)
	})
}

func TestLoadRefuses(t *testing.T) {
	n, x, y := problem{Config{4, 2, 3, 2, "relu", "relu", true}, MSE, 2, 1}.draw()
	good := export(n, x, y)
	without := func(name string) []npy.Array {
		return slices.DeleteFunc(slices.Clone(good), func(a npy.Array) bool { return a.Name == name })
	}
	with := func(a npy.Array) []npy.Array { return append(without(a.Name), a) }
	for want, arrays := range map[string][]npy.Array{
		"readout.U is missing":  without("readout.U"),
		"blocks 0":              without("block0.f.C"),
		"block1.g.W is missing": without("block1.g.W"),
		"block1.f.b is missing": without("block1.f.b"),
		"block0.f.b has 1":      with(npy.Array{Name: "block0.f.b", Shape: []int{1}, Data: []float32{1}}),
		"readout.U has shape":   with(npy.Array{Name: "readout.U", Shape: []int{-2, -2}, Data: []float32{1, 2, 3, 4}}),
		"width is 3":            with(npy.Array{Name: "readout.U", Shape: []int{3, 1}, Data: []int64{1, 2, 3}}),
	} {
		if _, err := LoadNet(arrays, "relu", "relu"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	for _, arrays := range [][]npy.Array{without("batch.x"), without("batch.y"),
		with(npy.Array{Name: "batch.y", Shape: []int{1}, Data: []float64{0.5}}),
		with(npy.Array{Name: "batch.y", Shape: []int{1}, Data: []float64{math.NaN()}})} {
		if _, _, err := LoadBatch(arrays); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want an error of one line", err)
		}
	}
}

// FuzzLoad replaces one array of a good file (the bytes of files are fuzzed where they are read, in internal/npy).
func FuzzLoad(f *testing.F) {
	n, x, y := problem{Config{4, 1, 3, 2, "relu", "relu", true}, MSE, 2, 1}.draw()
	for i, a := range export(n, x, y) {
		f.Add(i, 2, len(a.Shape), 6)
	}
	f.Fuzz(func(t *testing.T, which, rows, dims, entries int) {
		arrays := export(n, x, y)
		a := &arrays[(which%len(arrays)+len(arrays))%len(arrays)]
		size := max(entries, 0) % 64
		a.Data = [...]any{make([]float32, size), make([]int64, size), make([]uint8, size), nil}[max(entries, 0)/64%4]
		a.Shape = []int{rows, 3, 1}[:max(dims, 0)%4]
		if n, err := LoadNet(arrays, "relu", "identity"); err == nil && n.Validate() != nil {
			t.Errorf("loaded a network that is not one: %v", n.Validate())
		}
		if x, y, err := LoadBatch(arrays); err == nil && (x.IsEmpty() || len(y) == 0) {
			t.Error("loaded an empty batch")
		}
	})
}
