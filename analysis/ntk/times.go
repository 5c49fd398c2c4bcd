// SPDX-License-Identifier: Apache-2.0

package ntk

// Times is Θv for a vector v of NK numbers, class by class: v[i·N+n] belongs to sample n and class i. It goes through the tiles once, in float64.
func (k *Kernel) Times(v []float64) []float64 {
	parts := make([][]float64, k.workers())
	for w := range parts {
		parts[w] = make([]float64, k.Size())
	}
	k.eachTile(func(w int, t tile) { k.addTile(t, v, parts[w]) })
	total := parts[0]
	for _, p := range parts[1:] {
		for i, x := range p {
			total[i] += x
		}
	}
	return total
}

// addTile adds a tile's part of Θv, and that of its mirror image below the diagonal.
func (k *Kernel) addTile(t tile, v, to []float64) {
	buffer := make([]float64, k.rows)
	rows, cols := t.row*k.rows, t.col*k.rows
	for i := range k.Classes {
		for r := range k.length(t.row) {
			at := i*k.Samples + rows + r
			var total float64
			for j := range k.Classes {
				line := k.line(t, i, r, j, buffer)
				from := v[j*k.Samples+cols:][:len(line)]
				for m, x := range line {
					total += x * from[m]
				}
				if t.row == t.col {
					continue
				}
				across, own := to[j*k.Samples+cols:][:len(line)], v[at]
				for m, x := range line {
					across[m] += own * x
				}
			}
			to[at] += total
		}
	}
}

func dot(a, b []float64) float64 {
	var total float64
	for i, v := range a {
		total += v * b[i]
	}
	return total
}
