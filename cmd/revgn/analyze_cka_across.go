// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"revgn/analysis/cka"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/model"
)

// ckaAcrossRow is what the comparison of runs holds, a row for each set of checkpoints that are compared.
type ckaAcrossRow struct {
	Runs    []ckaRun     `json:"runs"`
	Batches cka.Batches  `json:"batches"`
	Sites   []cka.Across `json:"sites"`
	Floors  [][2]int     `json:"floors"` // pairs of runs that differ in the seed alone
}

// ckaAcross compares runs with each other.
type ckaAcross struct {
	analyst  *analyst[ckaAcrossRow]
	options  cka.Options
	subjects []*subject
	steps    [][]int // of each set of checkpoints the step of each run
	plan     *cka.Plan
	file     *record.AnalysisFile[ckaAcrossRow]
	vars     *model.Variables // of the run that was looked at last, for the next where that has the same network
	measurer *cka.Measurer
}

// runCKAAcross compares runs pairwise and prints a table.
func runCKAAcross(ctx context.Context, o ckaOptions, settings cka.Options, dirs []string, stdout, stderr io.Writer) error {
	selection, err := o.check()
	if err != nil {
		return usageError(err)
	}
	setting := ckaSettingOf(settings)
	s := study[ckaAcrossRow]{name: "cka-across", definitions: cka.Definitions(), device: true}
	a := &analyst[ckaAcrossRow]{study: s, options: o.analyzeOptions, selection: selection, ui: progress.New(stderr, o.machine.LogFormat == config.LogJSON)}
	defer a.close()
	c := &ckaAcross{analyst: a, options: settings}
	err = c.open(ctx, dirs)
	if err == nil {
		for _, s := range c.subjects {
			setting.Across = append(setting.Across, s.run.Name())
		}
		a.study.setting = setting
		caught := backend.Catch(func() { err = c.measureAll(ctx) })
		err = cmp.Or(caught, err)
	}
	a.ui.Stop()
	if err != nil {
		return err
	}
	content := c.file.Content()
	if o.machine.LogFormat == config.LogJSON {
		return json.NewEncoder(stdout).Encode(content)
	}
	if err := ckaAcrossTable(stdout, content); err != nil {
		return err
	}
	for _, warning := range content.Warnings {
		fmt.Fprintf(stdout, "warning: %s\n", warning)
	}
	_, err = fmt.Fprintf(stdout, "written %s\n", record.Short(c.file.Path()))
	return err
}

// open opens the runs of some arguments, which must see the same samples, and decides which checkpoints are compared.
func (c *ckaAcross) open(ctx context.Context, args []string) error {
	dirs, err := runsOf(args, c.analyst.selection, nil, c.analyst.ui)
	if err != nil {
		return err
	}
	if len(dirs) < 2 {
		return usageError(fmt.Errorf("across: got %d run; want two or more", len(dirs)))
	}
	var all [][]int
	for _, dir := range dirs {
		s, steps, err := c.analyst.open(ctx, dir)
		if err != nil {
			return err
		}
		s.source = nil
		if len(c.subjects) > 0 {
			first := c.subjects[0]
			if s.probe.SHA256 != first.probe.SHA256 {
				return fmt.Errorf("%s looks at other samples than %s: probe sets with SHA-256 %.12s… and %.12s… (across wants runs on the same data, whitened alike)",
					record.Short(dir), record.Short(dirs[0]), s.probe.SHA256, first.probe.SHA256)
			}
			s.probe = first.probe
		} else {
			s.probe.X, s.probe.Y = slices.Clone(s.probe.X), slices.Clone(s.probe.Y) // which lets go of the data set
		}
		c.subjects, all = append(c.subjects, s), append(all, steps)
	}
	c.steps = together(all, c.analyst.selection)
	return nil
}

// together pairs the checkpoints of runs: the newest of each, or those of the same step, which of all are the ones that every run has.
func together(steps [][]int, selection runs.Selection) (sets [][]int) {
	if !selection.All && selection.Steps == nil {
		var newest []int
		for _, list := range steps {
			newest = append(newest, list[len(list)-1])
		}
		return [][]int{newest}
	}
	for _, step := range steps[0] {
		if !slices.ContainsFunc(steps, func(list []int) bool { return !slices.Contains(list, step) }) {
			sets = append(sets, slices.Repeat([]int{step}, len(steps)))
		}
	}
	return sets
}

// measureAll compares each set of checkpoints that the file does not hold.
func (c *ckaAcross) measureAll(ctx context.Context) (err error) {
	defer c.free()
	first := c.subjects[0]
	if c.file, err = c.analyst.file(first); err != nil {
		return err
	}
	var networks []model.Config
	for _, s := range c.subjects {
		networks = append(networks, s.run.Network)
	}
	if c.plan, err = cka.NewPlan(networks, first.probe, c.options, first.limit, len(networks)); err != nil {
		return err
	}
	ui := c.analyst.ui
	ui.Note("%s", ckaEffort(c.plan, networks, len(networks)))
	ui.Start(len(c.steps), "step", "cka across")
	for i, steps := range c.steps {
		ui.Step(progress.Count(i, len(c.steps), "step"))
		err := c.measure(ctx, steps)
		if errors.Is(err, context.Canceled) {
			return &interruptedAnalysis{"cka --across", i, len(c.steps), c.analyst.options.redo}
		}
		if err != nil {
			return fmt.Errorf("steps %v: %w", steps, err)
		}
	}
	return nil
}

func (c *ckaAcross) free() {
	if c.measurer != nil {
		c.measurer.Finalize()
	}
}
