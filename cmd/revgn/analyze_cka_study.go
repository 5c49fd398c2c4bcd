// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	"revgn/analysis/cka"
	"revgn/internal/runs"
	"revgn/model"
)

// runCKA compares checkpoints with the start of their run.
func runCKA(ctx context.Context, o ckaOptions, settings cka.Options, dirs []string, stdout, stderr io.Writer) error {
	c := &ckaStudy{options: settings, arrays: o.arrays}
	setting := ckaSettingOf(settings)
	var check func(*runs.Run) error
	if o.floor != "" {
		var err error
		if c.floor, err = openFloor(o.floor); err != nil {
			return err
		}
		setting.Floor, check = &c.floor.ckaRun, c.floor.check
	}
	return runStudy(ctx, o.analyzeOptions, dirs, study[ckaRow]{
		name: "cka", definitions: cka.Definitions(), setting: setting, device: true,
		check: check, plan: c.plan, start: c.start, measure: c.measure, end: c.end, table: ckaTable,
	}, stdout, stderr)
}

// ckaRow is what the analysis holds of a checkpoint.
type ckaRow struct {
	Batches cka.Batches  `json:"batches"`
	Start   []cka.Result `json:"start"`           // with the run's own start
	Floor   []cka.Result `json:"floor,omitempty"` // with the start of the run that the setting names as floor
}

// ckaStudy compares the checkpoints of one run after the other with its start.
type ckaStudy struct {
	options  cka.Options
	arrays   bool
	floor    *ckaFloor // nil for none
	planned  *cka.Plan
	measurer *cka.Measurer
	started  *cka.Snapshot // where all sites are measured together
}

// plan decides which sites are measured together.
func (c *ckaStudy) plan(s *subject) (_ []string, err error) {
	networks, kept, limit := []model.Config{s.run.Network}, 2, s.limit
	if c.floor != nil {
		networks, kept = append(networks, c.floor.run.Network), 3
		if limit > 0 {
			limit = max(1, limit-c.floor.bytes())
		}
	}
	if c.planned, err = cka.NewPlan(networks, s.probe, c.options, limit, kept); err != nil {
		return nil, err
	}
	return []string{ckaEffort(c.planned, networks, kept)}, nil
}

// ckaEffort is a line about what a comparison takes.
func ckaEffort(p *cka.Plan, networks []model.Config, kept int) string {
	line := fmt.Sprintf("cka        %d sites on %d samples, about %d MiB", len(p.Sites()), p.Probe.Len(), p.Bytes(networks, kept)>>20+1)
	if parts := len(p.Parts); parts > 1 {
		line += fmt.Sprintf(", in %d parts one after the other", parts)
	}
	return line
}

// start looks at the initial network, and at that of the floor.
func (c *ckaStudy) start(ctx context.Context, s *subject) (err error) {
	if c.measurer, err = c.planned.NewMeasurer(s.backend.Backend, s.vars); err != nil {
		return err
	}
	if len(c.planned.Parts) == 1 {
		if c.started, err = c.measurer.Measure(ctx, 0); err != nil {
			return err
		}
	}
	if c.floor == nil {
		return nil
	}
	s.ui.Doing("drawing the network of " + c.floor.Run)
	return c.floor.start(ctx, s.backend.Backend, c.planned)
}

// measure compares a checkpoint with the start, part by part.
func (c *ckaStudy) measure(ctx context.Context, s *subject) (m measured[ckaRow], err error) {
	m.row.Batches = c.planned.Batches
	m.warnings = ckaNotes(c.planned, s.run)
	for part := range c.planned.Parts {
		start, now, err := c.looks(ctx, s, part)
		if err != nil {
			return m, err
		}
		results, err := now.Against(start)
		if err != nil {
			return m, err
		}
		m.row.Start = append(m.row.Start, results...)
		if c.floor != nil {
			results, err := c.floor.against(ctx, now, part)
			if err != nil {
				return m, err
			}
			m.row.Floor = append(m.row.Floor, results...)
		}
		if c.arrays && c.started != nil {
			if m.arrays, err = siteMatrices(c.options.Kernels, now, start, ""); err != nil {
				return m, err
			}
		}
	}
	if c.arrays && c.started == nil {
		m.warnings = append(m.warnings, noSiteMatrices)
	}
	m.warnings = append(m.warnings, ckaWarnings(fmt.Sprintf("step %d with the start", s.weights.Step), m.row.Start)...)
	m.warnings = append(m.warnings, ckaWarnings(fmt.Sprintf("step %d with the floor", s.weights.Step), m.row.Floor)...)
	return m, nil
}

// looks are those at a part's sites with the weights of the start and of the checkpoint, which are left in place.
func (c *ckaStudy) looks(ctx context.Context, s *subject, part int) (start, now *cka.Snapshot, err error) {
	start = c.started
	if start == nil {
		if err := s.first.Put(s.vars); err != nil {
			return nil, nil, err
		}
		if start, err = c.measurer.Measure(ctx, part); err != nil {
			return nil, nil, err
		}
		if err := s.weights.Put(s.vars); err != nil {
			return nil, nil, err
		}
	}
	if s.weights.SHA256 == s.first.SHA256 {
		return start, start, nil
	}
	now, err = c.measurer.Measure(ctx, part)
	return start, now, err
}

// ckaNotes are warnings about a whole run.
func ckaNotes(p *cka.Plan, run *runs.Run) []string {
	var list []string
	if used := p.Batches.Count * p.Batches.Size; used < p.Probe.Len() {
		list = append(list, fmt.Sprintf("%d of %d samples are used, %d batches of %d", used, p.Probe.Len(), p.Batches.Count, p.Batches.Size))
	}
	if len(p.Left) > 0 {
		list = append(list, fmt.Sprintf("left out, because not every network has them: %v", p.Left))
	}
	if run.Network.Linearised {
		list = append(list, run.Name()+" is linearised: every site but the last stream and the logits is the one at the weights it starts from")
	}
	return list
}

// ckaWarnings are those of results, with what they are about.
func ckaWarnings(what string, results []cka.Result) []string {
	var list []string
	for _, r := range results {
		for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
			if s := r.By(kernel); s != nil {
				for _, w := range s.Warnings {
					list = append(list, fmt.Sprintf("%s, %s, %s: %s", what, r.Site, kernel, w))
				}
			}
		}
	}
	return list
}

// end frees what start took.
func (c *ckaStudy) end() error {
	c.measurer.Finalize()
	c.measurer, c.started = nil, nil
	if c.floor != nil {
		c.floor.end()
	}
	return nil
}
