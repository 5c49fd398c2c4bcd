// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"runtime"
	"sync"

	"github.com/gomlx/compute/dtypes"

	"revgn/model"
)

// Kernel is a kernel on the host, in the network's dtype: its tiles on and above the diagonal. A class-traced kernel is one with a single class.
type Kernel struct {
	Samples int // N
	Classes int // K, 1 of a class-traced kernel

	config model.Config
	rows   int // of a block
	blocks int
	single [][]float32 // tiles (K, b, K, b) of [k,n,j,m], or double; one of them is nil
	double [][]float64
	shares shareSums
	means  func() *means // over samples, computed once
	norms  func() norms  // computed once
}

func newKernel(s sizes) *Kernel {
	k := &Kernel{Samples: s.n, Classes: s.outputs(), config: s.config, rows: s.rows, blocks: s.blocks, shares: newShareSums(s)}
	if s.config.DType == dtypes.Float64 {
		k.double = make([][]float64, s.tiles())
	} else {
		k.single = make([][]float32, s.tiles())
	}
	k.means, k.norms = sync.OnceValue(k.average), newNorms(k)
	return k
}

// tile is a place in the kernel: the blocks of its rows and its columns, row <= col.
type tile struct{ index, row, col int }

// tileOf is the tile of two blocks, row <= col.
func (k *Kernel) tileOf(row, col int) tile {
	return tile{row*k.blocks - row*(row-1)/2 + col - row, row, col}
}

// weight is how often an entry of the tile stands in the whole kernel.
func (t tile) weight() float64 {
	if t.row == t.col {
		return 1
	}
	return 2
}

// length is the number of samples of a block.
func (k *Kernel) length(block int) int { return min(k.rows, k.Samples-block*k.rows) }

// Size is the number of rows of the kernel, NK.
func (k *Kernel) Size() int { return k.Samples * k.Classes }

// At is Θ[(n,i),(m,j)] for samples n, m and classes i, j.
func (k *Kernel) At(n, i, m, j int) float64 {
	if n/k.rows > m/k.rows {
		n, i, m, j = m, j, n, i
	}
	t := k.tileOf(n/k.rows, m/k.rows)
	at := ((i*k.rows+n%k.rows)*k.Classes+j)*k.rows + m%k.rows
	if k.double != nil {
		return k.double[t.index][at]
	}
	return float64(k.single[t.index][at])
}

// Trace is the sum of the diagonal.
func (k *Kernel) Trace() float64 {
	var total float64
	for n := range k.Samples {
		for i := range k.Classes {
			total += k.At(n, i, n, i)
		}
	}
	return total
}

// line is Θ[(n,i),(m,j)] over the samples m of a tile's columns, for the sample n of its rows, counted from its block's first. It may use the buffer.
func (k *Kernel) line(t tile, i, n, j int, buffer []float64) []float64 {
	from, length := ((i*k.rows+n)*k.Classes+j)*k.rows, k.length(t.col)
	if k.double != nil {
		return k.double[t.index][from : from+length]
	}
	buffer = buffer[:length]
	for m, v := range k.single[t.index][from : from+length] {
		buffer[m] = float64(v)
	}
	return buffer
}

// workers is the number of goroutines that go through the tiles.
func (k *Kernel) workers() int { return min(runtime.GOMAXPROCS(0), k.blocks*(k.blocks+1)/2) }

// eachTile calls work on every tile, with several workers at the same time, each for the same tiles every time.
func (k *Kernel) eachTile(work func(worker int, t tile)) {
	var group sync.WaitGroup
	workers := k.workers()
	for w := range workers {
		group.Go(func() {
			for row := range k.blocks {
				for col := row; col < k.blocks; col++ {
					if t := k.tileOf(row, col); t.index%workers == w {
						work(w, t)
					}
				}
			}
		})
	}
	group.Wait()
}

// Values are all entries, (N, K, N, K), or (N, N) of a class-traced kernel, row-major: []float32 or []float64.
func (k *Kernel) Values() any {
	if k.double != nil {
		return valuesOf[float64](k)
	}
	return valuesOf[float32](k)
}

func valuesOf[T float32 | float64](k *Kernel) []T {
	size := k.Size()
	all := make([]T, size*size)
	k.eachTile(func(_ int, t tile) {
		buffer := make([]float64, k.rows)
		for i := range k.Classes {
			for n := range k.length(t.row) {
				row := (t.row*k.rows+n)*k.Classes + i
				for j := range k.Classes {
					for m, v := range k.line(t, i, n, j, buffer) {
						col := (t.col*k.rows+m)*k.Classes + j
						all[row*size+col], all[col*size+row] = T(v), T(v)
					}
				}
			}
		}
	})
	return all
}
