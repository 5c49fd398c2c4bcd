// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
)

func TestPrint(t *testing.T) {
	rows := []Row{
		{Check: "J ΔZ = v", Section: "3", DType: "f64", Figure: 1e-13, Problem: "a, L=2", Problems: 4, Tolerance: 1e-9, Holds: true},
		{Check: "α = 0", Section: "3", DType: "f32", Problems: 7, Holds: true},
		{Check: "rank", Section: "4", DType: "f32", Figure: Number(math.NaN()), Problem: "b, L=1", Problems: 1, Tolerance: 0.01},
	}
	var b strings.Builder
	if err := Print(&b, rows); err != nil {
		t.Fatal(err)
	}
	want := `check     section  dtype  figure  tolerance  verdict  worst on
J ΔZ = v  3        f64    1e-13   1e-09      holds    a, L=2
α = 0     3        f32    0       0          holds    none of 7
rank      4        f32    NaN     0.01       FAILS    b, L=1
1 of 3 checks FAIL
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
	if got := Summary(rows[:2]); got != "all 2 checks hold" {
		t.Errorf("got %q", got)
	}
}

// A figure that is not finite fails, and is null in JSON.
func TestNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		c := check{name: "c", op: Evaluation}
		row := c.row(0, dtypes.Float64, []*task{
			{problem: Problem{Name: "good"}, dtype: dtypes.Float64, figures: []float64{1e-15}},
			{problem: Problem{Name: "bad"}, dtype: dtypes.Float64, figures: []float64{bad}},
			{problem: Problem{Name: "larger"}, dtype: dtypes.Float64, figures: []float64{1e-14}},
		})
		if row.Holds || row.Problem != "bad" || row.Problems != 3 {
			t.Errorf("%v: got %+v", bad, row)
		}
		text, err := json.Marshal(row)
		if err != nil || !strings.Contains(string(text), `"figure":null`) {
			t.Errorf("%v: %s, %v", bad, text, err)
		}
		var back Row
		if err := json.Unmarshal(text, &back); err != nil || !math.IsNaN(float64(back.Figure)) {
			t.Errorf("read back %+v, %v", back, err)
		}
	}
}
