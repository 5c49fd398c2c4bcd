// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"revgn/internal/record"
)

// Run is a run directory as the report shows it.
type Run struct {
	Dir       string
	Name      string // of the directory; with its parents where two have the same
	Options   []Option
	Summary   *record.Summary  // nil where it cannot be read
	Manifest  *record.Manifest // nil where it cannot be read
	Clock     Clock
	Traces    map[string]*Trace // by Quantity.ID; those without a point are not there
	Couplings []Coupling
	Events    []record.EventRecord
	Analyses  []Panel
	Batches   []record.Measured[batchesRow] // of analysis/batches.json
	Notes     []string                      // what could not be read, and what to know of the rest
	Unread    []string                      // those of Notes about what could not be read
}

// loadOptions reads what decides the group of a run.
func loadOptions(dir string) (*Run, error) {
	reader, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, Name: filepath.Base(dir), Traces: map[string]*Trace{}}
	if full, err := filepath.Abs(dir); err == nil {
		r.Name = filepath.Base(full)
	}
	text, err := reader.Config()
	if err == nil {
		r.Options, err = parseOptions(text)
	}
	if err != nil {
		r.note(err)
	}
	return r, nil
}

// load reads the rest of the run, its curves at every step, and its analyses.
func (r *Run) load() {
	r.loadRecord()
	r.loadAnalyses()
}

func (r *Run) loadRecord() {
	reader, err := record.Open(r.Dir)
	if err != nil {
		r.note(err)
		return
	}
	if s, err := reader.Summary(); err != nil {
		r.note(err)
	} else {
		r.Summary = &s
	}
	if m, err := reader.Manifest(); err != nil {
		r.note(err)
	} else {
		r.Manifest = &m
	}
	m, err := reader.Metrics()
	if m != nil && err != nil {
		err = fmt.Errorf("%w; what stands before it is shown", err)
	}
	if err != nil {
		r.note(err)
	}
	if m != nil {
		r.read(m)
	}
}

func (r *Run) read(m *record.Metrics) {
	if m.CutShort {
		r.Notes = append(r.Notes, "the last line of metrics.jsonl is cut short and left out")
	}
	r.Clock, r.Couplings, r.Events = clockOf(m.Steps), couplingsOf(m.Steps), m.Events
	for _, s := range sections() {
		for _, q := range s.Quantities {
			t := &Trace{}
			q.read(m, t)
			if t.Len() > 0 {
				r.Traces[q.ID] = t
			}
		}
	}
}

// note keeps an error, once where a file is read twice.
func (r *Run) note(err error) {
	if !slices.Contains(r.Notes, err.Error()) {
		r.Notes, r.Unread = append(r.Notes, err.Error()), append(r.Unread, err.Error())
	}
}

// thin keeps at most n points of each curve, which the run's figures are drawn from.
func (r *Run) thin(n int) {
	r.Clock = r.Clock.thinned(max(2, n/4))
	for id, t := range r.Traces {
		r.Traces[id] = t.thinned(n)
	}
	for _, c := range r.Couplings {
		for i, t := range c.Traces {
			c.Traces[i] = t.withoutRepeats().thinned(n)
		}
	}
}

// Status is how the run stands, "unknown" where it does not say.
func (r *Run) Status() string {
	if r.Summary == nil {
		return "unknown"
	}
	return string(r.Summary.Status)
}

// ManifestJSON is the manifest for people to read, "" where there is none.
func (r *Run) ManifestJSON() string {
	if r.Manifest == nil {
		return ""
	}
	b, err := json.MarshalIndent(r.Manifest, "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}

// running tells whether any run says that it goes on.
func running(runs []*Run) bool {
	for _, r := range runs {
		if r.Summary != nil && r.Summary.Status == record.Running {
			return true
		}
	}
	return false
}

// nameApart gives runs whose directories have the same name the path that tells them apart.
func nameApart(runs []*Run) {
	count := map[string]int{}
	for _, r := range runs {
		count[r.Name]++
	}
	for _, r := range runs {
		if count[r.Name] > 1 {
			r.Name = filepath.ToSlash(record.Short(r.Dir))
		}
	}
}
