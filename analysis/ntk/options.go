// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"fmt"

	"revgn/analysis"
	"revgn/internal/devices"
	"revgn/model"
)

// Options choose a kernel and what it may take.
type Options struct {
	Full        bool  // Θ of all logits, (NK, NK), and not the class-traced (N, N)
	MemoryLimit int64 // bytes for everything together: weights, samples' features, work, kernels; 0 stands for DefaultMemoryLimit
	Kept        int   // kernels that the caller holds at the same time, the one being computed included; 0 stands for 1
	Rows        int   // samples in a block; 0: what sizes and memory suggest

	Devices *devices.Group // that the variables are spread over; nil for one
}

// DefaultMemoryLimit is 4 GiB.
const DefaultMemoryLimit = 4 << 30

// check says what cannot be, and fills in what stands for something else.
func (o Options) check(c model.Config, p analysis.Probe) (Options, error) {
	if o.MemoryLimit == 0 {
		o.MemoryLimit = DefaultMemoryLimit
	}
	if o.Kept == 0 {
		o.Kept = 1
	}
	switch {
	case o.MemoryLimit < 0:
		return o, fmt.Errorf("memory limit: got %d bytes; want more than 0, or 0 for %s", o.MemoryLimit, size(DefaultMemoryLimit))
	case o.Kept < 0:
		return o, fmt.Errorf("kept kernels: got %d; want 1 or more", o.Kept)
	case o.Rows < 0 || o.Rows > p.Len():
		return o, fmt.Errorf("rows of a block: got %d; allowed: 1 to %d, the samples, or 0", o.Rows, p.Len())
	case p.Len() == 0:
		return o, fmt.Errorf("probe set: got no samples; want one or more")
	case p.D != c.Width:
		return o, fmt.Errorf("probe set: got samples of %d features; want %d, the network's width", p.D, c.Width)
	case p.Classes != c.Classes:
		return o, fmt.Errorf("probe set: got %d classes; want %d, the network's", p.Classes, c.Classes)
	}
	if o.Devices == nil {
		var err error
		if o.Devices, err = devices.New(1, c); err != nil {
			return o, err
		}
	}
	return o, nil
}

// size writes bytes in binary units.
func size(bytes int64) string {
	const unit = 1024
	value, names := float64(bytes), []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for ; value >= unit && i < len(names)-1; i++ {
		value /= unit
	}
	if i == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.3g %s", value, names[i])
}
