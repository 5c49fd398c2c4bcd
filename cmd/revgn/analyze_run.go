// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"revgn/analysis"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/internal/train"
	"revgn/model"
)

// runStudy analyses runs one after the other and prints a table of each. What was measured before an error or an interrupt stays in the files.
func runStudy[R any](ctx context.Context, o analyzeOptions, dirs []string, s study[R], stdout, stderr io.Writer) error {
	selection, err := o.check()
	if err != nil {
		return usageError(err)
	}
	asJSON := o.machine.LogFormat == config.LogJSON
	a := &analyst[R]{study: s, options: o, selection: selection, ui: progress.New(stderr, asJSON)}
	defer a.close()
	dirs, err = runsOf(dirs, selection, s.check, a.ui)
	if err != nil {
		a.ui.Stop()
		return err
	}
	for _, dir := range dirs {
		content, path, err := a.analyze(ctx, dir)
		if err != nil {
			a.ui.Stop()
			return err
		}
		if asJSON {
			err = json.NewEncoder(stdout).Encode(content)
		} else {
			err = s.print(stdout, dir, path, content)
		}
		if err != nil {
			return err
		}
	}
	a.ui.Stop()
	return nil
}

// print prints what the file of a run's analysis holds.
func (s study[R]) print(w io.Writer, dir, path string, content record.Analysis[R]) error {
	fmt.Fprintf(w, "%s of %s\n", s.name, record.Short(dir))
	if err := s.table(w, content); err != nil {
		return err
	}
	for _, warning := range content.Warnings {
		fmt.Fprintf(w, "warning: %s\n", strings.Map(printable, warning))
	}
	_, err := fmt.Fprintf(w, "written %s\n\n", record.Short(path))
	return err
}

// analyst applies a study to runs on one device.
type analyst[R any] struct {
	study     study[R]
	options   analyzeOptions
	selection runs.Selection
	ui        progress.Reporter
	backend   *backend.Backend // opened when the first run needs it
	vars      *model.Variables // of the last run, for the next where that has the same network
}

func (a *analyst[R]) close() {
	if a.backend != nil {
		a.backend.Finalize()
	}
}

// analyze measures the checkpoints of a run that are asked for and not yet there, and returns what its file holds.
func (a *analyst[R]) analyze(ctx context.Context, dir string) (content record.Analysis[R], path string, err error) {
	s, steps, err := a.open(ctx, dir)
	if err != nil {
		return content, "", err
	}
	file, err := a.file(s)
	if err != nil {
		return content, "", err
	}
	missing, err := a.missing(s.run, file, steps)
	if err != nil {
		return content, "", err
	}
	if len(missing) > 0 {
		caught := backend.Catch(func() { err = a.measureAll(ctx, s, file, missing) })
		if err = cmp.Or(caught, err); err != nil {
			return content, "", fmt.Errorf("%s: %w", record.Short(dir), err)
		}
	} else {
		a.ui.Note("%s of %s is there already (--redo measures it again)", a.study.name, record.Short(dir))
	}
	return file.Content(), file.Path(), nil
}

// add puts a row into a file, and tells where that moved one of other options away.
func (a *analyst[R]) add(file *record.AnalysisFile[R], row record.Measured[R]) error {
	to := file.Displaced()
	if err := file.Add(row); err != nil {
		return err
	}
	if to != "" {
		a.ui.Note("%s was measured with other options before; that file stays as %s", a.study.name, record.Short(to))
	}
	return nil
}

// open reads a run and, for a study that needs it, its data and its network on the device.
func (a *analyst[R]) open(ctx context.Context, dir string) (*subject, []int, error) {
	run, err := runs.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	steps, err := run.Select(a.selection)
	if err != nil {
		return nil, nil, err
	}
	s := &subject{run: run, ui: a.ui}
	if !a.study.device {
		return s, steps, nil
	}
	if s.source, err = run.Data(ctx, a.options.machine.DataDir, a.ui); err != nil {
		return nil, nil, err
	}
	if s.probe, err = runs.Probe(s.source, a.options.part, a.options.probes); err != nil {
		return nil, nil, usageError(err)
	}
	if a.backend == nil {
		m := a.options.machine
		a.backend, err = backend.Open(ctx, backend.Options{Name: m.Backend, Offline: m.Offline, Devices: 1, Logf: a.ui.Note})
		if err != nil {
			return nil, nil, err
		}
	}
	s.backend = a.backend
	s.limit = train.MemoryLimit(a.options.machine, a.backend.OnHost())
	return s, steps, nil
}

// file begins the run's file of the analysis, with the rows that it may keep.
func (a *analyst[R]) file(s *subject) (*record.AnalysisFile[R], error) {
	self := record.NewManifest(time.Now())
	build, err := buildHash(self)
	if err != nil {
		return nil, err
	}
	head := record.Analysis[R]{
		Analysis: a.study.name, Program: self.Program, Version: self.Version, GitRevision: self.GitRevision, BuildSHA256: build,
		DType: string(s.run.Options.DType), Setting: a.study.setting, Definitions: a.study.definitions, Warnings: []string{},
	}
	if a.study.device {
		head.Backend = s.backend.Kind
		head.Probe = probeSet(s.probe)
	}
	return record.OpenAnalysis(s.run.Dir(), head, a.options.redo)
}

// buildHash is the SHA-256 of the program's file where neither a released version nor a clean revision says what was built, else empty.
func buildHash(self record.Manifest) (string, error) {
	if self.GitRevision != "" && !self.Changed() {
		return "", nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func probeSet(p analysis.Probe) *record.ProbeSet {
	return &record.ProbeSet{Data: p.Data, Part: p.Part, Samples: p.Len(), Features: p.D, Classes: p.Classes, SHA256: p.SHA256}
}
