// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"revgn/internal/gomlxfile"
	"revgn/internal/npy"
	"revgn/model"
)

// What `revgn export RUN --format gomlx --out DIR` wrote, in a program of one's own: GoMLX alone suffices, with the network written down in a few lines.
func Example_gomlx() {
	dir, remove := exported() // stands for DIR
	defer remove()

	store := gomlx.NewStore()
	if _, err := checkpoint.Load(store).Dir(dir).Done(); err != nil {
		fmt.Println(err)
		return
	}
	backend, err := gobackend.New("")
	if err != nil {
		fmt.Println(err)
		return
	}
	blocks := gomlx.MustGetParam[int](store.RootScope().In("net"), "blocks")
	exec := gomlx.MustNewExec(backend, store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
		value := func(path string) *graph.Node { return store.GetVariable(path).NodeValue(x.Graph()) }
		coupling := func(x *graph.Node, name string, relu bool) *graph.Node {
			features := graph.MatMul(x, value("/net/"+name+"/C"))
			if relu {
				features = graph.MaxScalar(features, 0)
			}
			return graph.Add(graph.MatMul(features, value("/net/"+name+"/W")), graph.ExpandLeftToRank(value("/net/"+name+"/b"), 2))
		}
		d := x.Shape().Dim(1) / 2
		x1, x2 := graph.Slice(x, graph.AxisRange(), graph.AxisRange(0, d)), graph.Slice(x, graph.AxisRange(), graph.AxisRange(d))
		for l := range blocks {
			x1 = graph.Add(x1, coupling(x2, fmt.Sprintf("block%d/f", l), l > 0)) // first_activation is identity, activation relu
			x2 = graph.Add(x2, coupling(x1, fmt.Sprintf("block%d/g", l), l > 0))
		}
		return graph.MatMul(graph.Concatenate([]*graph.Node{x1, x2}, 1), value("/net/readout/U"))
	})
	fmt.Printf("logits %.3f after step %d\n", exec.MustCall([][]float64{{1, 0, -1, 2}})[0].Value(), optimizer.GetGlobalStep(store))
	// Output:
	// logits [[0.956 0.700]] after step 60
}

// The same with this package: the network of the run's configuration, whose every tensor the checkpoint replaces, the frozen ones too.
func ExampleVariables_gomlx() {
	dir, remove := exported() // stands for DIR
	defer remove()

	c := exportedConfig()
	c.Seed = 7 // of no consequence: nothing that was drawn stays
	vars, err := model.NewVariables(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := checkpoint.Load(vars.Store).Dir(dir).Done(); err != nil {
		fmt.Println(err)
		return
	}
	backend, err := gobackend.New("")
	if err != nil {
		fmt.Println(err)
		return
	}
	exec := gomlx.MustNewExec(backend, vars.Store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
		return vars.Network(x.Graph()).At(x).Logits
	})
	fmt.Printf("logits %.3f\n", exec.MustCall([][]float64{{1, 0, -1, 2}})[0].Value())
	// Output:
	// logits [[0.956 0.700]]
}

func exportedConfig() model.Config {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.DType = 4, 2, 16, dtypes.Float64
	return c
}

// exported writes a network as the command does.
func exported() (dir string, remove func()) {
	base, err := os.MkdirTemp("", "gomlx")
	must(err)
	vars, err := model.NewVariables(exportedConfig())
	must(err)
	c := gomlxfile.Checkpoint{Step: 60, Params: []gomlxfile.Param{{Scope: "/net", Key: "blocks", Value: vars.Config.Blocks}}}
	for v := range vars.Store.IterVariables() {
		value, err := v.Value()
		must(err)
		must(value.ConstFlatData(func(flat any) {
			c.Variables = append(c.Variables, npy.Array{Name: v.Path(), Shape: value.Shape().Dimensions, Data: flat})
		}))
	}
	dir = filepath.Join(base, "DIR")
	must(gomlxfile.WriteDir(dir, c))
	return dir, func() { must(os.RemoveAll(base)) }
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
