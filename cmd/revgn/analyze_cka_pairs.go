// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"revgn/analysis/cka"
	"revgn/internal/npy"
	"revgn/internal/record"
	"revgn/model"
)

// measure compares the runs at a step each, unless the file holds that already.
func (c *ckaAcross) measure(ctx context.Context, steps []int) error {
	began := time.Now()
	row := ckaAcrossRow{Batches: c.plan.Batches, Floors: c.floors()}
	for i, s := range c.subjects {
		var err error
		if s.weights, err = s.run.Weights(steps[i]); err != nil {
			return err
		}
		row.Runs = append(row.Runs, ckaRunOf(s.run, s.weights))
	}
	if c.has(row) {
		c.analyst.ui.Note("steps %v are compared already (--redo compares them again)", steps)
		return nil
	}
	var arrays []npy.Array
	for part := range c.plan.Parts {
		snapshots, err := c.looks(ctx, part)
		if err != nil {
			return err
		}
		across, err := cka.CompareAll(snapshots)
		if err != nil {
			return err
		}
		row.Sites = append(row.Sites, across...)
		if c.analyst.options.arrays && len(c.plan.Parts) == 1 {
			if arrays, err = c.matrices(snapshots); err != nil {
				return err
			}
		}
	}
	first := c.subjects[0].weights
	found := record.Measured[ckaAcrossRow]{Step: steps[0], Epoch: first.Epoch, Weights: first.SHA256, Values: row, Warnings: c.warnings(row)}
	if arrays != nil {
		var err error
		if found.Arrays, err = c.file.WriteArrays(steps[0], arrays); err != nil {
			return err
		}
	}
	found.Seconds = record.Number(time.Since(began).Seconds())
	return c.analyst.add(c.file, found)
}

// has tells whether the file holds a comparison of the same weights, with its arrays where they are asked for.
func (c *ckaAcross) has(row ckaAcrossRow) bool {
	return slices.ContainsFunc(c.file.Content().Checkpoints, func(m record.Measured[ckaAcrossRow]) bool {
		return slices.Equal(m.Values.Runs, row.Runs) && (!c.analyst.options.arrays || c.file.HasArrays(&m))
	})
}

// looks are those at a part's sites of every run, whose weights come to the device one run after the other.
func (c *ckaAcross) looks(ctx context.Context, part int) ([]*cka.Snapshot, error) {
	var snapshots []*cka.Snapshot
	for _, s := range c.subjects {
		if err := c.put(s); err != nil {
			return nil, err
		}
		snapshot, err := c.measurer.Measure(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.run.Name(), err)
		}
		if err := s.unchanged(); err != nil {
			return nil, err
		}
		s.vars = nil
		snapshots = append(snapshots, snapshot)
	}
	return snapshots, nil
}

// put brings a run's network to the device.
func (c *ckaAcross) put(s *subject) (err error) {
	if c.vars == nil || c.vars.Config != s.run.Network {
		c.free()
		c.analyst.ui.Doing("drawing the network of " + s.run.Name())
		if c.vars, err = model.NewVariables(s.run.Network); err != nil {
			return err
		}
		if c.measurer, err = c.plan.NewMeasurer(s.backend.Backend, c.vars); err != nil {
			return err
		}
	}
	s.vars = c.vars
	return s.weights.Put(s.vars)
}

// floors are the pairs of runs that differ in the seed alone.
func (c *ckaAcross) floors() [][2]int {
	pairs := [][2]int{}
	for j := range c.subjects {
		for i := range j {
			a, b := c.subjects[i].run, c.subjects[j].run
			if a.Options.Seed != b.Options.Seed && len(differing(a.Options, b.Options)) == 0 {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}

func (c *ckaAcross) warnings(row ckaAcrossRow) []string {
	var list []string
	for _, s := range c.subjects {
		for _, w := range ckaNotes(c.plan, s.run) {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	if c.analyst.options.arrays && len(c.plan.Parts) > 1 {
		list = append(list, noSiteMatrices)
	}
	for _, site := range row.Sites {
		for _, w := range site.Warnings {
			list = append(list, fmt.Sprintf("step %d, %s: %s", row.Runs[0].Step, site.Site, w))
		}
	}
	return list
}

// matrices are the site x site matrices of every pair, under the numbers of the two runs.
func (c *ckaAcross) matrices(snapshots []*cka.Snapshot) (arrays []npy.Array, err error) {
	for i := range snapshots {
		for j := i; j < len(snapshots); j++ {
			pair, err := siteMatrices(c.options.Kernels, snapshots[i], snapshots[j], fmt.Sprintf("%d.%d.", i, j))
			if err != nil {
				return nil, err
			}
			arrays = append(arrays, pair...)
		}
	}
	return arrays, nil
}

const noSiteMatrices = "no site x site matrices: under this memory limit sites are measured in parts"

// siteMatrices compares every site of a with every site of b, (S, S) a kernel and estimate, in the order of the file's sites: PREFIXlinear.debiased and so on.
func siteMatrices(kernels []cka.Kernel, a, b *cka.Snapshot, prefix string) (arrays []npy.Array, err error) {
	for _, kernel := range kernels {
		matrix, err := a.SiteMatrix(b, kernel)
		if err != nil {
			return nil, err
		}
		var debiased, biased []float64
		for _, row := range matrix {
			for _, s := range row {
				value := math.NaN()
				if s.Biased.Set {
					value = float64(s.Biased.Value)
				}
				debiased, biased = append(debiased, float64(s.Debiased)), append(biased, value)
			}
		}
		shape := []int{len(matrix), len(matrix[0])}
		arrays = append(arrays, npy.Array{Name: prefix + string(kernel) + ".debiased", Shape: shape, Data: debiased},
			npy.Array{Name: prefix + string(kernel) + ".biased", Shape: shape, Data: biased})
	}
	return arrays, nil
}
