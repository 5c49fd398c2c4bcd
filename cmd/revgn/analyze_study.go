// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"

	"revgn/analysis"
	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/npy"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/model"
)

// study is one kind of analysis, with rows of type R.
type study[R any] struct {
	name        string
	definitions []analysis.Definition
	setting     any  // the options that decide the numbers, as they stand in the file
	device      bool // it needs data and a device: subject.probe, backend and vars are set
	chained     bool // a row also depends on the checkpoint before: measure is called for that one first, and its row dropped
	// check, where set, refuses options that do not go with a run. It is called for all runs before any is measured.
	check func(run *runs.Run) error
	// plan, where set, tells before the work what it will take, a line each; weights are those of step 0.
	plan func(s *subject) ([]string, error)
	// start, where set, is called once for a run that has something to measure, with the weights of step 0.
	start func(ctx context.Context, s *subject) error
	// measure is called for each checkpoint in ascending order, with its weights.
	measure func(ctx context.Context, s *subject) (measured[R], error)
	// end, where set, frees what start and measure took.
	end func() error
	// table prints the rows of one run for people.
	table func(w io.Writer, a record.Analysis[R]) error
}

// measured is what a study found at one checkpoint.
type measured[R any] struct {
	row      R
	arrays   []npy.Array // written where --arrays asks for them
	warnings []string
}

// subject is a run under analysis.
type subject struct {
	run     *runs.Run
	source  *data.Source
	probe   analysis.Probe
	backend *backend.Backend
	vars    *model.Variables // hold the weights below
	weights *runs.Weights    // of the checkpoint
	first   *runs.Weights    // of step 0
	before  string           // SHA-256 of the weights that were measured last, empty at first
	ui      progress.Reporter
	limit   int64 // bytes that the analysis may take
}
