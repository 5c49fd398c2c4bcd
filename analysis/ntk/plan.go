// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"fmt"

	"revgn/analysis"
	"revgn/model"
)

// Plan says what a kernel takes, before it is computed.
type Plan struct {
	Full     bool `json:"full"`
	Samples  int  `json:"samples"`
	Classes  int  `json:"classes"`
	Rows     int  `json:"rows"`     // samples in a block; the last one is filled up
	Blocks   int  `json:"blocks"`   // of rows
	Held     int  `json:"held"`     // blocks whose features and cotangents lie on the device at the same time
	Computed int  `json:"computed"` // how often a block is computed, all blocks together: Blocks where all are held
	Tiles    int  `json:"tiles"`    // on and above the diagonal, Rows·K x Rows·K each, or Rows x Rows of a traced kernel

	// Bytes: of the network, of the features and cotangents that are held, of work, and of the kernels on the host.
	Weights, Features, Work, Kernels int64

	Operations Operations `json:"operations"` // that are made
	Plain      float64    `json:"plain"`      // that the equation has, see PlainOperations
}

// Memory is everything together, in bytes.
func (p Plan) Memory() int64 { return p.Weights + p.Features + p.Work + p.Kernels }

// String is one line for people.
func (p Plan) String() string {
	what := fmt.Sprintf("the class-traced kernel of %d samples", p.Samples)
	if p.Full {
		what = fmt.Sprintf("the kernel of %d samples x %d logits", p.Samples, p.Classes)
	}
	again := ""
	if p.Computed > p.Blocks {
		again = fmt.Sprintf(", features computed %.3g times over to stay below the memory limit", float64(p.Computed)/float64(p.Blocks))
	}
	return fmt.Sprintf("%s: %.3g operations, %d tiles of %d x %d samples, about %s of memory (%s the network, %s features, %s work, %s kernels)%s",
		what, p.Operations.Total(), p.Tiles, p.Rows, p.Rows, size(p.Memory()), size(p.Weights), size(p.Features), size(p.Work), size(p.Kernels), again)
}

// workTarget is the work that a graph has at most where memory allows more: larger tiles are no faster.
const workTarget = 256 << 20

// fewestBlocks is the number of blocks of rows from which on symmetry saves most, and smallestBlock what a block has then at least.
const (
	fewestBlocks  = 4
	smallestBlock = 64
)

// NewPlan says what the kernel of a network on a probe set takes with the options. A limit that is too low for it is an error that says what it needs.
func NewPlan(c model.Config, p analysis.Probe, o Options) (Plan, error) {
	o, err := o.check(c, p)
	if err != nil {
		return Plan{}, err
	}
	s, err := chooseSizes(c, p.Len(), o)
	if err != nil {
		return Plan{}, err
	}
	return planOf(s, o), nil
}

// chooseSizes takes the largest blocks whose work is within the target and that leave room for two of them at least.
func chooseSizes(c model.Config, n int, o Options) (sizes, error) {
	if o.Rows > 0 {
		s := newSizes(c, o.Full, n, (n+o.Rows-1)/o.Rows)
		s.rows, s.blocks = o.Rows, (n+o.Rows-1)/o.Rows
		return s, fits(s, o)
	}
	var s sizes
	for blocks := min(fewestBlocks, (n+smallestBlock-1)/smallestBlock); ; blocks++ {
		s = newSizes(c, o.Full, n, blocks)
		if s.workBytes() <= workTarget && fits(s, o) == nil {
			return s, nil
		}
		if s.rows == 1 || s.rows < smallestBlock && fits(s, o) == nil {
			return s, fits(s, o)
		}
		blocks = max(blocks, s.blocks) // the next number of rows
	}
}

// least is what a kernel needs with the least that can be held: two blocks.
func least(s sizes, kept int) int64 {
	return s.weightBytes() + s.workBytes() + int64(kept)*s.kernelBytes() + int64(min(2, s.blocks))*s.heldBytes()
}

func fits(s sizes, o Options) error {
	if need := least(s, o.Kept); need > o.MemoryLimit {
		return fmt.Errorf("memory limit: got %s; this kernel of %d samples needs %s, %s of it for %d kernels on the host (fewer probes, or the class-traced kernel, need less)",
			size(o.MemoryLimit), s.n, size(need), size(int64(o.Kept)*s.kernelBytes()), o.Kept)
	}
	return nil
}

// heldBlocks is the number of blocks that are held; where that is not all, there is room for one more.
func heldBlocks(s sizes, o Options) int {
	free := o.MemoryLimit - least(s, o.Kept)
	more := int(min(free/max(s.heldBytes(), 1), int64(s.blocks)))
	if 2+more >= s.blocks {
		return s.blocks
	}
	return 1 + more
}

func planOf(s sizes, o Options) Plan {
	held := heldBlocks(s, o)
	computed := 0
	for from := 0; from < s.blocks; from += held {
		computed += s.blocks - from
	}
	slots := held
	if held < s.blocks {
		slots++
	}
	return Plan{
		Full: s.full, Samples: s.n, Classes: s.config.Classes, Rows: s.rows, Blocks: s.blocks, Held: held, Computed: computed, Tiles: s.tiles(),
		Weights: s.weightBytes(), Features: int64(slots) * s.heldBytes(), Work: s.workBytes(), Kernels: int64(o.Kept) * s.kernelBytes(),
		Operations: operationsOf(s, computed), Plain: PlainOperations(s.config, s.n, s.full),
	}
}
