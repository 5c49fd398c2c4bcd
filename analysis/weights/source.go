// SPDX-License-Identifier: Apache-2.0

package weights

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/model"
)

// Source gives Z = [W; b] of a coupling, ((h+1) x d, or h x d without a bias), in float64; the matrix is the caller's. One coupling is held at a time, since
// those of a wide network fill the memory.
type Source func(coupling int) (*mat.Dense, error)

// Arrays are weights on the host: get finds the values of a trained tensor, row by row, as []float32 or []float64, by the name that files use for it.
func Arrays(config model.Config, get func(name string) (any, error)) Source {
	return func(coupling int) (*mat.Dense, error) {
		name := model.CouplingName(coupling)
		z := make([]float64, 0, config.FeatureCount()*config.Half())
		for _, part := range parts(config, name) {
			values, err := get(part)
			if err != nil {
				return nil, err
			}
			if z, err = widened(z, values); err != nil {
				return nil, fmt.Errorf("%s: %w", part, err)
			}
		}
		if want := config.FeatureCount() * config.Half(); len(z) != want {
			return nil, fmt.Errorf("%s: got %d weights; want %d for %d features and %d columns", name, len(z), want, config.FeatureCount(), config.Half())
		}
		return mat.NewDense(config.FeatureCount(), config.Half(), z), nil
	}
}

// Of are the weights that the variables hold when they are asked for.
func Of(vars *model.Variables) Source {
	return Arrays(vars.Config, func(name string) (any, error) {
		value, err := vars.Variable(name).Value()
		if err != nil {
			return nil, err
		}
		if value.DType() == dtypes.Float64 {
			return tensors.CopyFlatData[float64](value)
		}
		return tensors.CopyFlatData[float32](value)
	})
}

// parts are the tensors that Z of a coupling is made of, from the top.
func parts(config model.Config, coupling string) []string {
	if config.Bias {
		return []string{coupling + ".W", coupling + ".b"}
	}
	return []string{coupling + ".W"}
}

func widened(z []float64, values any) ([]float64, error) {
	switch values := values.(type) {
	case []float64:
		return append(z, values...), nil
	case []float32:
		for _, v := range values {
			z = append(z, float64(v))
		}
		return z, nil
	}
	return nil, fmt.Errorf("got values of type %T; want []float32 or []float64", values)
}
