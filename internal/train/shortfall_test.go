// SPDX-License-Identifier: Apache-2.0

package train

import (
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/record"
	"revgn/model"
)

// Where the top block takes over what others leave, its rank is the one that counts; else that of every block.
func TestShortfall(t *testing.T) {
	c := model.Config{Width: 4, Classes: 2, Blocks: 2, Hidden: 30, Bias: true, Activation: model.ReLU, FirstActivation: model.Identity, DType: dtypes.Float32}
	double, narrow := c, c
	double.DType, narrow.Hidden = dtypes.Float64, 8
	ranks := func(f0, g0, f1, g1 int) record.StepRecord {
		return record.StepRecord{Step: 7, GaussNewton: &record.GaussNewton{Couplings: []record.Coupling{
			{Name: "block0.f", Rank: f0}, {Name: "block0.g", Rank: g0}, {Name: "block1.f", Rank: f1}, {Name: "block1.g", Rank: g1},
		}}}
	}
	for _, test := range []struct {
		c     model.Config
		step  record.StepRecord
		carry bool
		want  string
	}{
		{c, ranks(3, 3, 9, 8), true, "step 7: block1.g kept 8 of 10 directions; try --dtype f64, a larger --hidden or a smaller --batch-size"},
		{double, ranks(3, 3, 9, 10), true, "step 7: block1.f kept 9 of 10 directions; try a larger --hidden or a smaller --batch-size"},
		{narrow, ranks(3, 3, 9, 9), true, "step 7: block1.f kept 9 of 10 directions; try a larger --hidden or a smaller --batch-size"},
		{c, ranks(3, 3, 10, 10), true, ""},
		{c, ranks(3, 2, 10, 10), false, "step 7: block0.g kept 2 of 10 directions; try --carry or a smaller --batch-size"},
		{c, record.StepRecord{Step: 1, GaussNewton: &record.GaussNewton{}}, true, ""},
		{c, record.StepRecord{Step: 1}, true, ""},
	} {
		if got := shortfall(test.step, test.c, 10, test.carry); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
