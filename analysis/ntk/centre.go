// SPDX-License-Identifier: Apache-2.0

package ntk

// means are a kernel's means over samples.
type means struct {
	lines [][]float64 // [K·i+j][n]: mean over m of Θ[(n,i),(m,j)]
	all   []float64   // [K·i+j]: mean over n and m
}

// average goes through the kernel once. Sums of a tile's rows are those of its own lines, sums of its columns those of the tile below the diagonal.
func (k *Kernel) average() *means {
	classes, n := k.Classes, k.Samples
	type sums struct{ lines [][]float64 }
	parts := make([]sums, k.workers())
	for w := range parts {
		for range classes * classes {
			parts[w].lines = append(parts[w].lines, make([]float64, n))
		}
	}
	k.eachTile(func(w int, t tile) {
		buffer := make([]float64, k.rows)
		for i := range classes {
			for j := range classes {
				along, across := parts[w].lines[classes*i+j], parts[w].lines[classes*j+i][t.col*k.rows:]
				for r := range k.length(t.row) {
					var total float64
					for m, v := range k.line(t, i, r, j, buffer) {
						total += v
						if t.row != t.col {
							across[m] += v
						}
					}
					along[t.row*k.rows+r] += total
				}
			}
		}
	})
	m := &means{lines: parts[0].lines, all: make([]float64, classes*classes)}
	for pair, line := range m.lines {
		for i := range line {
			for _, p := range parts[1:] {
				line[i] += p.lines[pair][i]
			}
			line[i] /= float64(n)
			m.all[pair] += line[i] / float64(n)
		}
	}
	return m
}

// centred subtracts from a line, Θ[(n,i),(m,j)] over the samples m of a block, what HΘH is without: the means over n, over m, and over both. The result is in to.
func (m *means) centred(classes, i, n, j, from int, line, to []float64) []float64 {
	offset := m.lines[classes*i+j][n] - m.all[classes*i+j]
	across := m.lines[classes*j+i][from:]
	to = to[:len(line)]
	for c, v := range line {
		to[c] = v - across[c] - offset
	}
	return to
}
