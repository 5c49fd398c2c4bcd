// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"context"
	"fmt"

	"github.com/gomlx/compute/gobackend"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/model"
)

// What a linear classifier reads from a network that was not trained: two classes told apart by the sign of the first feature.
func Example() {
	c := model.Default()
	c.Width, c.Classes, c.Hidden, c.Blocks = 4, 2, 16, 1
	vars, err := model.NewVariables(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := gobackend.New("ops_sequential")
	if err != nil {
		fmt.Println(err)
		return
	}
	set := func(n int) analysis.Probe {
		var x []float32
		var y []int32
		for i := range n {
			class := int32(i % 2)
			x, y = append(x, 2*float32(class)-1, float32(i%3), float32(i%5), 1), append(y, class)
		}
		p, err := analysis.NewProbe("signs", "test", x, y, 2)
		if err != nil {
			fmt.Println(err)
		}
		return p
	}
	fit := set(30)
	m, err := features.New(backend, vars, features.Setup{Probe: set(20), Fit: &fit, Kinds: []sites.Kind{sites.Input, sites.Branch}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	start, err := m.Measure(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := features.Compare(start, start) // training would stand between the two
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, site := range r.Sites {
		fmt.Printf("%-15s %.0f%% right, gained %.0f%%\n", site.Name, 100*site.Now.Probe.Accuracy, 100*site.Gain.Value)
	}
	// Output:
	// input           100% right, gained 0%
	// block0.f.branch 50% right, gained 0%
	// block0.g.branch 100% right, gained 0%
}
