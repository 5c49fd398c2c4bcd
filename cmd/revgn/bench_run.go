// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"revgn/internal/benchmark"
	"revgn/internal/host"
	"revgn/internal/progress"
	"revgn/internal/record"
)

// benchFile is what --json writes.
type benchFile struct {
	Program    string                `json:"program"`
	Version    string                `json:"version"`
	Revision   string                `json:"git_revision,omitempty"`
	Modified   *bool                 `json:"git_modified,omitempty"`
	Go         string                `json:"go_version"`
	CPU        string                `json:"cpu"`
	Processors int                   `json:"processors"`
	Started    time.Time             `json:"started"`
	Results    []benchmark.Result    `json:"results,omitempty"`
	Sweeps     []benchmark.Sweep     `json:"sweeps,omitempty"`
	Comparison *benchmark.Comparison `json:"comparison,omitempty"`
}

// runBench measures what the plan asks for. Results go to stdout as they come; the table follows on stderr.
func runBench(ctx context.Context, p benchPlan, stdout, stderr io.Writer) error {
	if err := checkTarget(p.json); err != nil {
		return err
	}
	started := time.Now()
	m := record.NewManifest(started)
	file := benchFile{
		Program: m.Program, Version: m.Version, Revision: m.GitRevision, Modified: m.GitModified, Go: m.GoVersion,
		CPU: host.CPU(), Processors: runtime.GOMAXPROCS(0), Started: started.UTC(),
	}
	ui := progress.New(stderr, p.asJSON)
	if err := benchmark.Header(stdout); err != nil {
		return err
	}
	settings := benchmark.Settings{
		Repeat: p.repeat, Count: p.count, Phases: p.phases, Random: p.random, MatmulSize: p.matmulSize, UI: ui,
		Emit: func(r benchmark.Result) error { return r.Print(stdout) },
	}
	table, err := file.measure(ctx, p, settings, stdout)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("bench: interrupted, what was measured before is on stdout: %w", err)
	}
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if !p.asJSON {
		for _, line := range table {
			ui.Note("%s", line)
		}
	}
	if p.json == "" {
		return nil
	}
	return writeJSON(p.json, file)
}

// measure fills in the file and returns the table.
func (f *benchFile) measure(ctx context.Context, p benchPlan, settings benchmark.Settings, stdout io.Writer) ([]string, error) {
	switch {
	case p.others != nil:
		c, err := benchmark.Versus(ctx, p.cases[0], p.others[0], p.vs, settings)
		if err != nil {
			return nil, err
		}
		f.Comparison = &c
		return append(benchmark.Table([]benchmark.Result{c.A, c.B}), c.Line()), c.Print(stdout)
	case p.axes != nil:
		var err error
		if f.Sweeps, err = benchmark.Sweeps(ctx, p.cases, p.axes, settings); err != nil {
			return nil, err
		}
		var table []string
		for _, s := range f.Sweeps {
			table = append(append(table, benchmark.Table(s.Results)...), s.Line(), "")
			if err := s.Print(stdout); err != nil {
				return nil, err
			}
		}
		return table[:len(table)-1], nil
	}
	var err error
	if f.Results, err = benchmark.Measure(ctx, p.cases, settings); err != nil {
		return nil, err
	}
	return benchmark.Table(f.Results), nil
}
