// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"

	"revgn/internal/npy"
)

// kernelCells is how many rows of colours a kernel is shown with at most.
const kernelCells = 48

// kernelPanels show a kernel: class-traced (N,N) as it is, one of all logits (N,K,N,K) by its sum over classes and the norms of its blocks.
func kernelPanels(r *Run, step int, arrays []npy.Array) []Panel {
	a, ok := npy.Find(arrays, "kernel")
	if !ok {
		return nil
	}
	const about = "Samples in the order of their labels; blocks of samples are averaged. Bright squares along the diagonal: samples of a class learn together."
	if values, ok := floats(a); ok && len(a.Shape) == 2 && a.Shape[0] == a.Shape[1] && a.Shape[0] > 0 {
		return []Panel{{Title: fmt.Sprintf("class-traced tangent kernel at step %d", step), Heat: kernelHeat(values, a.Shape[0], arrays), About: about}}
	}
	full, ok := fullKernel(a)
	if !ok {
		r.note(fmt.Errorf("its tangent kernel at step %d is there and not drawn: got shape %v; want (N, N) or (N, K, N, K) of floats", step, a.Shape))
		return nil
	}
	panels := []Panel{{Title: fmt.Sprintf("class-traced tangent kernel at step %d", step), Heat: kernelHeat(full.traced, a.Shape[0], arrays), About: "The sum over classes of the full kernel. " + about}}
	if k := a.Shape[1]; k > kernelCells {
		r.note(fmt.Errorf("the norms of its tangent kernel's blocks at step %d are not drawn: got %d classes; at most %d are", step, k, kernelCells))
		return panels
	}
	return append(panels, Panel{Title: fmt.Sprintf("norms of the full tangent kernel's blocks at step %d", step), Heat: full.heat(),
		About: "Frobenius norm of the block of logit k by logit k′ over all pairs of samples. Dark off the diagonal: what is learned for one class leaves the other logits alone; as bright as on it: they move together."})
}

// kernelHeat shows a class-traced kernel of n samples in the order of their labels, averaged to at most kernelCells rows.
func kernelHeat(values []float64, n int, arrays []npy.Array) *Heat {
	order, labels := byLabel(arrays, n)
	cells := min(n, kernelCells)
	h := &Heat{RowTitle: "samples", ColTitle: "samples"}
	for i := range cells {
		h.Rows = append(h.Rows, blockLabel(labels, i*n/cells, (i+1)*n/cells))
		row := make([]float64, cells)
		for j := range cells {
			row[j] = blockMean(values, n, order[i*n/cells:(i+1)*n/cells], order[j*n/cells:(j+1)*n/cells])
		}
		h.Values = append(h.Values, row)
	}
	h.Cols = h.Rows
	h.Lo, h.Hi = bounds(h.Values)
	return h
}

// byLabel is the order of samples by their labels, and the labels in that order; the samples' own order where they have none.
func byLabel(arrays []npy.Array, n int) (order []int, labels []int64) {
	order = upTo(n)
	a, ok := npy.Find(arrays, "probe.y")
	if !ok {
		return order, nil
	}
	y := integers(a)
	if len(y) != n {
		return order, nil
	}
	slices.SortStableFunc(order, func(i, j int) int { return int(y[i] - y[j]) })
	for _, i := range order {
		labels = append(labels, y[i])
	}
	return order, labels
}

func integers(a npy.Array) []int64 {
	switch d := a.Data.(type) {
	case []int64:
		return d
	case []int32:
		out := make([]int64, len(d))
		for i, v := range d {
			out[i] = int64(v)
		}
		return out
	case []uint8:
		out := make([]int64, len(d))
		for i, v := range d {
			out[i] = int64(v)
		}
		return out
	}
	return nil
}

func blockLabel(labels []int64, from, to int) string {
	switch {
	case labels == nil:
		return fmt.Sprint(from)
	case labels[from] == labels[to-1]:
		return fmt.Sprint(labels[from])
	}
	return fmt.Sprintf("%d-%d", labels[from], labels[to-1])
}

func blockMean(values []float64, n int, rows, cols []int) float64 {
	sum := 0.0
	for _, i := range rows {
		for _, j := range cols {
			sum += values[i*n+j]
		}
	}
	return sum / float64(len(rows)*len(cols))
}
