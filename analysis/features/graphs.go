// SPDX-License-Identifier: Apache-2.0

package features

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/analysis/sites"
	"revgn/internal/dense"
	"revgn/internal/devices"
	"revgn/model"
)

// matricesOf is the graph of thin sites and then of folded ones on x (m, D): a matrix (m, p) each, of a folded one what goes into its coupling.
func matricesOf(vars *model.Variables, thin, folded []sites.Site) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		var out []*graph.Node
		for _, site := range thin {
			out = append(out, sites.Of(trace, site))
		}
		for _, site := range folded {
			out = append(out, trace.Points()[site.Coupling].X)
		}
		return out
	}
}

// expansionsOf is the graph of CCᵀ (d, d) of each folded site in Float64; its input is not read.
func expansionsOf(vars *model.Variables, folded []sites.Site) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		var out []*graph.Node
		for _, site := range folded {
			c := vars.Variable(model.CouplingName(site.Coupling) + ".C").NodeValue(in[0].Graph())
			out = append(out, dense.Gram(graph.ConvertDType(c, dtypes.Float64)))
		}
		return out
	}
}

// gramOf is the graph of a site's XXᵀ (m, m) in Float64, of x (m, D).
func gramOf(vars *model.Variables, site sites.Site) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		return []*graph.Node{dense.Gram(graph.ConvertDType(sites.Of(trace, site), dtypes.Float64))}
	}
}

// lookGraph is the graph of what is asked of the network as such, of x (N, D) and labels (N): whether each sample's largest logit is its label's (N), then where
// it has an inverse for the network and each block ‖x_rec - x‖² and ‖x‖² (2(L+1), N), all in Float64; then for every coupling with sides xC > 0 (N, h), Bool.
func lookGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, labels := in[0], in[1]
		net := vars.Network(x.Graph())
		trace := net.At(x)
		out := []*graph.Node{graph.ConvertDType(model.Hits(trace.Logits, labels), dtypes.Float64)}
		if !vars.Config.Linearised {
			out = append(out, inversion(net, trace, x))
		}
		for _, p := range trace.Points() {
			if p.Phi != nil {
				// σ(a) > 0 just where a > 0, for every activation there is.
				out = append(out, graph.GreaterThan(p.Phi, graph.ZerosLike(p.Phi)))
			}
		}
		return out
	}
}

func inversion(net *model.Network, trace *model.Trace, x *graph.Node) *graph.Node {
	var rows []*graph.Node
	add := func(found, want *graph.Node) {
		for _, part := range []*graph.Node{graph.Sub(found, want), want} {
			square := graph.ReduceSum(graph.Square(graph.ConvertDType(part, dtypes.Float64)), 1)
			rows = append(rows, graph.ExpandAxes(square, 0))
		}
	}
	add(net.Inverse(trace.Out), x)
	for l, b := range trace.Blocks {
		add(net.Blocks[l].Inverse(b.Y).Join(), b.X.Join())
	}
	all := graph.Concatenate(rows, 0)
	all.AssertDims(2*(len(trace.Blocks)+1), x.Shape().Dim(0))
	return all
}
