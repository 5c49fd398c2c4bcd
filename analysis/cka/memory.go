// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"

	"revgn/analysis/sites"
	"revgn/model"
)

// gramCopies is how many matrices of the size of a kernel matrix its making holds at once: the bands, their mirror images, the whole.
const gramCopies = 3

// deviceBytes estimates what the device holds for a pass of n samples, its weights and one site's kernel matrix.
func deviceBytes(c model.Config, n int, site sites.Site) int64 {
	rows, size := int64(n), int64(c.DType.Size())
	pass := rows * (6*int64(c.Width) + 2*int64(c.Hidden)) * size
	weights := int64(c.Trainable()+c.Frozen()) * size
	return weights + pass + siteBytes(c, n, site)
}

// siteBytes estimates a site's representation in its dtype and centred in float64, and its kernel matrix.
func siteBytes(c model.Config, n int, site sites.Site) int64 {
	rows, columns := int64(n), int64(sites.Columns(c, site))
	return rows*columns*(int64(c.DType.Size())+2*8) + gramCopies*8*rows*rows
}

// keptBytes is what the host keeps of a site: its centred kernel matrices of every batch.
func keptBytes(b Batches, kernels int) int64 {
	matrix := int64(b.Count) * int64(b.Size) * int64(b.Size) * 8
	return matrix * int64(kernels+1) // and the linear one that they are made of
}

// chunks cuts the sites into lists that are measured together, so that networks networks kept at once and the pass stay under the limit, 0 for none. A limit under
// what one site needs is an error.
func (m *Measurer) chunks(limit int64, networks int) ([][]sites.Site, error) {
	var lists [][]sites.Site
	var open []sites.Site
	var bytes int64
	kept := keptBytes(m.batches, len(m.opts.Kernels)) * int64(networks)
	for _, site := range m.sites {
		alone := deviceBytes(m.vars.Config, m.batches.Size, site) + kept
		if limit > 0 && alone > limit {
			return nil, fmt.Errorf("memory-limit of %d MiB: CKA at %s on %d samples needs about %d MiB (fewer --probes, or --batch, need less)",
				limit>>20, site.Name, m.batches.Size, alone>>20+1)
		}
		more := siteBytes(m.vars.Config, m.batches.Size, site) + kept
		if limit > 0 && len(open) > 0 && bytes+more > limit {
			lists, open, bytes = append(lists, open), nil, 0
		}
		if len(open) == 0 {
			more = alone
		}
		open, bytes = append(open, site), bytes+more
	}
	return append(lists, open), nil
}
