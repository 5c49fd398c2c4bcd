// SPDX-License-Identifier: Apache-2.0

package backend_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/internal/backend"
	"revgn/internal/dense"
	"revgn/internal/machine"
)

// program is a graph that is compiled once, and its results on inputs of its own: what the outputs hold, and what XLA says of its memory.
type program struct {
	name    string
	devices int
	run     func(t *testing.T, b *backend.Backend) []any
}

// programs have what a step has: products, reductions, loops, both dtypes, weights given to the device, several devices.
func programs() []program {
	return []program{
		{"product", 1, func(t *testing.T, b *backend.Backend) []any {
			return call(t, b, func(x *graph.Node) *graph.Node { return graph.Softmax(graph.MatMul(x, graph.Transpose(x, 0, 1)), -1) }, square[float32](96))
		}},
		{"loop", 1, func(t *testing.T, b *backend.Backend) []any {
			return call(t, b, func(x *graph.Node) *graph.Node { return count(x, 25) }, square[float32](8))
		}},
		{"factor in float64", 1, func(t *testing.T, b *backend.Backend) []any {
			return call(t, b, func(x *graph.Node) *graph.Node {
				gram := graph.ExpandAxes(graph.MatMul(x, graph.Transpose(x, 0, 1)), 0)
				return dense.CholeskyInverse(gram, graph.Const(x.Graph(), []float64{1e-9}))
			}, square[float64](100))
		}},
		{"donated weights", 1, descend},
		{"sum over devices", 2, func(t *testing.T, b *backend.Backend) []any {
			g, m := graph.NewGraph(b.Backend, "sum"), mesh(t)
			return distribute(t, g, g.SetSPMD(m), func() *graph.Node {
				return g.Distributed().AllReduceOne(graph.Sin(graph.Parameter(g, "x", shapes.Make(dtypes.Float32, 2))), compute.ReduceOpSum)
			})
		}},
		{"split over devices", 2, func(t *testing.T, b *backend.Backend) []any {
			g, m := graph.NewGraph(b.Backend, "split"), mesh(t)
			return distribute(t, g, g.SetAutoSharding(m), func() *graph.Node {
				spec, err := distributed.BuildSpec(m).S("part").Done()
				if err != nil {
					t.Fatal(err)
				}
				return graph.ReduceAllSum(graph.Sin(graph.ShardedParameter(g, "x", shapes.Make(dtypes.Float32, 4), spec)))
			})
		}},
	}
}

// square is a matrix of normal numbers, the same at every call.
func square[T float32 | float64](n int) [][]T {
	r := rand.New(rand.NewPCG(1, 2))
	m := make([][]T, n)
	for i := range m {
		m[i] = make([]T, n)
		for j := range m[i] {
			m[i][j] = T(r.NormFloat64())
		}
	}
	return m
}

func call(t *testing.T, b *backend.Backend, fn func(x *graph.Node) *graph.Node, x any) []any {
	t.Helper()
	e, err := graph.NewExec(b.Backend, fn)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Finalize()
	out, g, err := e.CallWithGraph(x)
	if err != nil {
		t.Fatal(err)
	}
	return append(values(out), memory(t, g))
}

// descend makes steps on a variable, which goes back and forth between two places on the device.
func descend(t *testing.T, b *backend.Backend) []any {
	store := gomlx.NewStore()
	e, err := gomlx.NewExec(b.Backend, store, func(scope *gomlx.Scope, x *graph.Node) *graph.Node {
		w := scope.VariableWithValue("w", square[float32](32))
		now := w.NodeValue(x.Graph())
		w.SetNodeValue(graph.Sub(now, graph.MulScalar(graph.MatMul(now, x), 0.01)))
		return graph.ReduceAllSum(now)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Finalize()
	defer e.Finalize()
	var all []any
	for range 4 {
		out, g, err := e.CallWithGraph(square[float32](32))
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, values(out)...), memory(t, g))
	}
	return all
}

func mesh(t *testing.T) *distributed.DeviceMesh {
	m, err := distributed.NewDeviceMesh([]int{2}, []string{"part"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// distribute builds a graph for two devices, unless err says that it cannot be, and gives each a half of four numbers.
func distribute(t *testing.T, g *graph.Graph, err error, build func() *graph.Node) []any {
	t.Helper()
	if err == nil {
		err = g.Compile(build())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer g.Finalize()
	return append(values(g.Run([]float32{0.1, 0.2}, []float32{0.3, 0.4})), memory(t, g))
}

func values(list []*tensors.Tensor) []any {
	var v []any
	for _, x := range list {
		v = append(v, x.Value())
	}
	return v
}

// memory is what XLA says of the compiled graph.
func memory(t *testing.T, g *graph.Graph) machine.Compiled {
	t.Helper()
	c, _ := machine.CompiledMemory(g.Executable())
	if c.Inputs == 0 || c.Outputs == 0 {
		t.Errorf("XLA's account of memory names no inputs or outputs: %+v", c)
	}
	return c
}
