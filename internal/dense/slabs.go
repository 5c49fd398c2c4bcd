// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"strings"

	"github.com/gomlx/gomlx/core/graph"
)

// slabWidth is the most columns that a slab has. XLA's products on CPUs go through a contraction from end to end for every tile of the result, and past some
// 1,000 terms the panel of the right operand that the tiles of a column share no longer fits into the cache of a core. At B = 1000, h = 8000, d = 392 ΦW takes 44
// ms whole, and 38, 34 and 35 in 4, 8 and 16 slabs.
const slabWidth = 1024

// leastWidth is the number of columns up to which a matrix stays whole, where a panel still fits.
const leastWidth = 2 * slabWidth

// slabRows is the most rows that a matrix in slabs has: the products of the slabs lie side by side before they are added up, s Gram matrices among them.
const slabRows = 2048

// slabsOf is the number of slabs that the columns of a (n, h) are cut into on the graph's backend, 1 for none. Only XLA on one CPU gains by them; several devices
// split the columns between them.
func slabsOf(g *graph.Graph, n, h int) int {
	b := g.Backend()
	if n > slabRows || h <= leastWidth || b.Name() != "xla" || b.NumDevices() != 1 || !strings.HasPrefix(b.DeviceDescription(0), "cpu") {
		return 1
	}
	least := (h + slabWidth - 1) / slabWidth
	for s := least; s < 2*least; s++ {
		if h%s == 0 {
			return s
		}
	}
	return 1
}

// Slabs cuts the columns of a (n, h) into slabs, (s, n, h/s), for WideTimes, TallTimes and Gram, which make a product for each and add up what belongs together.
// Where nothing is won by that it is a itself. The slabs are put together one by one: of a transpose XLA makes a copy more for every loop that it goes into.
func Slabs(a *graph.Node) *graph.Node {
	n, h := a.Shape().Dim(0), a.Shape().Dim(1)
	s := slabsOf(a.Graph(), n, h)
	if s == 1 {
		return a
	}
	slabs, width := make([]*graph.Node, s), h/s
	for i := range slabs {
		slabs[i] = graph.ExpandAxes(graph.Slice(a, graph.AxisRange(), graph.AxisRange(i*width, (i+1)*width)), 0)
	}
	return graph.Concatenate(slabs, 0)
}

// WideTimes is a b for a (n, h) or its Slabs, and b (h, k).
func WideTimes(a, b *graph.Node) *graph.Node {
	if a.Rank() == 2 {
		return Times(a, b)
	}
	return sumOfItems(Times(a, graph.Reshape(b, a.Shape().Dim(0), a.Shape().Dim(2), b.Shape().Dim(1))))
}

// sumOfItems is Σ a[i] as additions, since a loop's body cannot hold reductions.
func sumOfItems(a *graph.Node) *graph.Node {
	total := Item(a, 0)
	for i := 1; i < a.Shape().Dim(0); i++ {
		total = graph.Add(total, Item(a, i))
	}
	return total
}
