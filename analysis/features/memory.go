// SPDX-License-Identifier: Apache-2.0

package features

import (
	"fmt"

	"revgn/analysis/sites"
	"revgn/model"
)

// kernelCopies is how many matrices of the size of a kernel matrix its making on the device holds at once: bands, their mirror images, the whole. basisCopies is the
// same of the eigenbasis on the host.
const (
	kernelCopies = 3
	basisCopies  = 5
)

// Bytes estimates what a measurement takes at its largest, on device and host together: weights, a pass of all samples, the largest site with its kernel matrix,
// and an eigenbasis.
func (s Setup) Bytes(c model.Config) int64 {
	m, size := int64(s.Probe.Len()+s.fit()), int64(c.DType.Size())
	weights := int64(c.Trainable()+c.Frozen()) * size
	pass := m * (6*int64(c.Width) + 2*int64(c.Hidden)) * size
	thin, folded, wide := s.split(c)
	var together, largest int64
	for _, site := range thin {
		together += m * int64(sites.Columns(c, site)) * (size + 2*8)
	}
	for range folded {
		together += m * int64(c.Half()) * (size + 2*8)
	}
	for _, site := range wide {
		largest = max(largest, m*int64(sites.Columns(c, site))*(size+8)+(kernelCopies+2)*8*m*m)
	}
	n := int64(s.most())
	return weights + pass + max(together, largest) + basisCopies*8*n*n
}

// Fits is an error where a measurement would take more than limit bytes, 0 for no limit.
func (s Setup) Fits(c model.Config, limit int64) error {
	if need := s.Bytes(c); limit > 0 && need > limit {
		return fmt.Errorf("memory-limit of %d MiB: features of %d probes and %d samples to fit on need about %d MiB (fewer --probes or --fit need less)",
			limit>>20, s.Probe.Len(), s.fit(), need>>20+1)
	}
	return nil
}
