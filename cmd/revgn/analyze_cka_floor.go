// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/gomlx/compute"

	"revgn/analysis/cka"
	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/model"
)

// ckaFloor is the start of the same network from another seed, of which nothing is in the runs under analysis.
type ckaFloor struct {
	ckaRun
	run      *runs.Run
	measurer *cka.Measurer
	started  *cka.Snapshot // where all sites are measured together
}

func openFloor(dir string) (*ckaFloor, error) {
	run, err := runs.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("floor: %w%s", err, record.Meant(dir))
	}
	first, err := run.Weights(0)
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	return &ckaFloor{run: run, ckaRun: ckaRunOf(run, first)}, nil
}

func ckaRunOf(run *runs.Run, w *runs.Weights) ckaRun {
	return ckaRun{Run: run.Name(), Step: w.Step, Seed: run.Options.Seed, DType: string(run.Options.DType), Weights: w.SHA256}
}

// bytes is what its weights take beside those of the run under analysis.
func (f *ckaFloor) bytes() int64 {
	return int64(f.run.Network.Trainable()+f.run.Network.Frozen()) * int64(f.run.Network.DType.Size())
}

// check refuses a floor of the same seed, and one that is another network.
func (f *ckaFloor) check(run *runs.Run) error {
	if f.Seed == run.Options.Seed {
		return usageError(fmt.Errorf("floor: %s and %s both have seed %d; want a run of another seed", f.Run, run.Name(), f.Seed))
	}
	same := run.Network
	same.Seed = f.run.Network.Seed
	if same != f.run.Network {
		return usageError(fmt.Errorf("floor: %s is another network than %s, not the same from another seed; they differ in %s",
			f.Run, run.Name(), strings.Join(differing(run.Options, f.run.Options), ", ")))
	}
	return nil
}

// start draws the floor's network and looks at it. Its weights stay on the device where sites are measured in parts.
func (f *ckaFloor) start(ctx context.Context, backend compute.Backend, plan *cka.Plan) error {
	vars, err := model.NewVariables(f.run.Network)
	if err != nil {
		return err
	}
	if f.measurer, err = plan.NewMeasurer(backend, vars); err != nil || len(plan.Parts) > 1 {
		return err
	}
	if f.started, err = f.measurer.Measure(ctx, 0); err != nil {
		return err
	}
	f.measurer.Finalize()
	f.measurer = nil
	return nil
}

// against compares a network with the floor at a part's sites.
func (f *ckaFloor) against(ctx context.Context, now *cka.Snapshot, part int) ([]cka.Result, error) {
	start := f.started
	if start == nil {
		var err error
		if start, err = f.measurer.Measure(ctx, part); err != nil {
			return nil, err
		}
	}
	return now.Against(start)
}

func (f *ckaFloor) end() {
	if f.measurer != nil {
		f.measurer.Finalize()
	}
	f.measurer, f.started = nil, nil
}

// differing lists the options, but for the seed, in which two runs differ and that decide what they compute. How long they ran, on which machine, and what they
// wrote down does not count.
func differing(a, b config.Options) []string {
	ignored := map[string]bool{
		"seed": true, "epochs": true, "steps": true, "preset": true, "data-dir": true, "backend": true, "devices": true, "offline": true, "activations": true,
		"memory-limit": true, "name": true, "checkpoint-every": true, "eval-every": true, "measure": true, "heldout": true, "log-format": true, "require-exact": true, "-": true,
	}
	var list []string
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		name := va.Type().Field(i).Tag.Get("yaml")
		if !ignored[name] && !reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			list = append(list, name)
		}
	}
	return list
}
