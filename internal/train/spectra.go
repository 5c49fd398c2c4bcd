// SPDX-License-Identifier: Apache-2.0

package train

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/analysis/spectrum"
	"revgn/internal/dense"
	"revgn/internal/devices"
	"revgn/internal/record"
	"revgn/model"
)

// featureSites are the features of every coupling.
func featureSites(c model.Config) []sites.Site { return sites.Sites(c, []sites.Kind{sites.Features}) }

// spectraGraph is ΦΦᵀ (n, n) of every coupling's augmented features Φ = [σ(xC), 1] on x (n, D). It is summed in Float64: of a product in Float32 the singular
// values below 2e-4 times the largest would be rounding.
func spectraGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		var grams []*graph.Node
		for _, site := range featureSites(vars.Config) {
			gram := dense.Gram(graph.ConvertDType(sites.Of(trace, site), dtypes.Float64))
			if vars.Config.Bias {
				gram = graph.OnePlus(gram)
			}
			grams = append(grams, gram)
		}
		return grams
	}
}

// spectraOperations counts those of the spectra of all couplings on n samples: the network, the products and the eigenvalues.
func spectraOperations(c model.Config, n int) float64 {
	eigenvalues := 4 * math.Pow(float64(n), 3) / 3
	return ForwardOperations(c, n) + float64(c.Couplings())*(dense.GramOperations(n, c.Hidden)+eigenvalues)
}

// spectra are the singular values of every coupling's features on x, which has n rows.
func spectra(exec *devices.Exec, c model.Config, x *tensors.Tensor) ([]record.ProbeCoupling, error) {
	grams, err := exec.Call(x)
	if err != nil {
		return nil, err
	}
	n := x.Shape().Dim(0)
	var list []record.ProbeCoupling
	for i, gram := range grams {
		values, err := tensors.CopyFlatData[float64](gram)
		if err != nil {
			return nil, err
		}
		list = append(list, couplingSpectrum(model.CouplingName(i), values, n, smallest(c, n)))
	}
	return list, devices.Free(grams...)
}

// smallest is the share of the largest singular value from which on others are rounding: that of Φ in its dtype, or of ΦΦᵀ where that is worse.
func smallest(c model.Config, n int) float64 {
	eps := math.Pow(2, -23)
	if c.DType == dtypes.Float64 {
		eps = math.Pow(2, -52)
	}
	return max(eps*float64(max(n, c.FeatureCount())), math.Sqrt(float64(n)*math.Pow(2, -52)))
}

// couplingSpectrum takes the singular values from ΦΦᵀ (n, n). Of features that are not finite they are NaN.
func couplingSpectrum(name string, gram []float64, n int, cut float64) record.ProbeCoupling {
	squares, err := spectrum.Values(mat.NewSymDense(n, gram))
	if err != nil {
		return record.ProbeCoupling{Name: name, SigmaMax: record.Number(math.NaN()), SigmaMin: record.Number(math.NaN())}
	}
	largest := math.Sqrt(max(slices.Max(squares), 0))
	var kept []float64
	for _, square := range squares {
		if sigma := math.Sqrt(max(square, 0)); sigma > cut*largest {
			kept = append(kept, sigma)
		}
	}
	rec := record.ProbeCoupling{Name: name, Rank: len(kept), Log10: record.NewLogCounts(kept)}
	if len(kept) > 0 {
		rec.SigmaMax, rec.SigmaMin = record.Number(largest), record.Number(kept[0])
	}
	return rec
}
