// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"revgn/internal/npy"
)

// LoadNet builds a network from exported arrays: block0.f.C (d, h), block0.f.W (h, d), block0.f.b (d, absent without
// bias), the same for block0.g and further blocks, and readout.U (D, K). The arrays do not say which activations the
// network has.
func LoadNet(arrays []npy.Array, act, firstAct string) (*Net, error) {
	u, err := matrix(arrays, "readout.U")
	if err != nil {
		return nil, err
	}
	n := &Net{Config: Config{Act: act, FirstAct: firstAct}, U: u}
	n.Width, n.Classes = u.Dims()
	_, n.Bias = npy.Find(arrays, CouplingName(0)+".b")
	for {
		if _, ok := npy.Find(arrays, CouplingName(2*n.Blocks)+".C"); !ok {
			break
		}
		n.Blocks++
	}
	for c := range n.Couplings() {
		if err := n.loadCoupling(arrays, c); err != nil {
			return nil, err
		}
	}
	if len(n.C) > 0 {
		_, n.Hidden = n.C[0].Dims()
	}
	return n, n.Validate()
}

func (n *Net) loadCoupling(arrays []npy.Array, c int) error {
	name := CouplingName(c)
	frozen, err := matrix(arrays, name+".C")
	if err != nil {
		return err
	}
	trained, err := matrix(arrays, name+".W")
	if err != nil {
		return err
	}
	n.C, n.W = append(n.C, frozen), append(n.W, trained)
	if !n.Bias {
		return nil
	}
	b, err := floats(arrays, name+".b", 1)
	if err != nil {
		return err
	}
	n.B = append(n.B, b.data)
	return nil
}

// LoadStart returns the network at the weights that a tied one starts from: block0.f.W0, block0.f.b0, … in the place of block0.f.W and block0.f.b. The arrays
// do not say how the network is tied to it.
func LoadStart(arrays []npy.Array, act, firstAct string) (*Net, error) {
	start := slices.Clone(arrays)
	for i, a := range start {
		if strings.HasSuffix(a.Name, ".W") || strings.HasSuffix(a.Name, ".b") {
			at, ok := npy.Find(arrays, a.Name+"0")
			if !ok {
				return nil, fmt.Errorf("oracle: array %s0 is missing", a.Name)
			}
			start[i].Data, start[i].Shape = at.Data, at.Shape
		}
	}
	return LoadNet(start, act, firstAct)
}

// LoadBatch returns batch.x (B × D) and batch.y (B) of exported arrays.
func LoadBatch(arrays []npy.Array) (*mat.Dense, []int32, error) {
	x, err := matrix(arrays, "batch.x")
	if err != nil {
		return nil, nil, fmt.Errorf("%w (export with --batch writes it)", err)
	}
	labels, err := floats(arrays, "batch.y", 1)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (export with --batch writes it)", err)
	}
	y := make([]int32, len(labels.data))
	for i, v := range labels.data {
		y[i] = int32(v)
		if float64(y[i]) != v {
			return nil, nil, fmt.Errorf("oracle: batch.y[%d] is %g, want a class number", i, v)
		}
	}
	return x, y, nil
}

// array is an array of any element type as float64.
type array struct {
	shape []int
	data  []float64
}

func matrix(arrays []npy.Array, name string) (*mat.Dense, error) {
	a, err := floats(arrays, name, 2)
	if err != nil {
		return nil, err
	}
	return mat.NewDense(a.shape[0], a.shape[1], a.data), nil
}

func floats(arrays []npy.Array, name string, dims int) (array, error) {
	a, ok := npy.Find(arrays, name)
	if !ok {
		return array{}, fmt.Errorf("oracle: array %s is missing", name)
	}
	out := array{shape: a.Shape}
	switch d := a.Data.(type) {
	case []float32:
		out.data = widen(d)
	case []float64:
		out.data = widen(d)
	case []int32:
		out.data = widen(d)
	case []int64:
		out.data = widen(d)
	case []uint8:
		out.data = widen(d)
	}
	size := 1
	for _, s := range a.Shape {
		size *= max(s, 0)
	}
	if len(a.Shape) != dims || size == 0 || size != len(out.data) {
		return array{}, fmt.Errorf("oracle: array %s has shape %v and %d entries, want %d dimensions and at least one entry",
			name, a.Shape, len(out.data), dims)
	}
	return out, nil
}
