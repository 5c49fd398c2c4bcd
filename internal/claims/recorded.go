// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"revgn/internal/number"
	"revgn/internal/record"
)

// Recorded is the View of a run directory. Its metrics are read once, when it is opened.
type Recorded struct {
	reader  *record.Reader
	summary record.Summary
	metrics *record.Metrics
}

// OpenRun reads a run directory.
func OpenRun(dir string) (*Recorded, error) {
	reader, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Recorded{reader: reader}
	if r.summary, err = reader.Summary(); err != nil {
		return nil, err
	}
	r.metrics, err = reader.Metrics()
	return r, err
}

// Name is the last part of the directory.
func (r *Recorded) Name() string { return filepath.Base(r.reader.Dir()) }

// Ended says whether the run is done.
func (r *Recorded) Ended() (bool, string) {
	if r.summary.Status == record.Done {
		return true, ""
	}
	if r.summary.Message == "" {
		return false, string(r.summary.Status)
	}
	return false, fmt.Sprintf("%s: %s", r.summary.Status, r.summary.Message)
}

// Classes is what the manifest says.
func (r *Recorded) Classes() int {
	m, err := r.reader.Manifest()
	if err != nil {
		return 0
	}
	return m.Classes
}

// Metrics are the lines of metrics.jsonl.
func (r *Recorded) Metrics() *record.Metrics { return r.metrics }

// ckaValues are the fields of a row of analysis/cka.json that claims read.
type ckaValues struct{ Start, Floor []ckaSite }

type ckaSite struct {
	Site   string
	Linear *struct{ Debiased number.Number }
}

// Similarity reads the newest row of analysis/cka.json, which must be of the run's last step and have a floor.
func (r *Recorded) Similarity() ([]Similarity, error) {
	return ReadSimilarity(r.reader.Dir(), r.summary.Last.Step)
}

// ReadSimilarity reads the newest row of a run's analysis/cka.json, which must be of the last step and have a floor.
func ReadSimilarity(dir string, last int) ([]Similarity, error) {
	const hint = "`revgn analyze cka --kernel linear --sites stream --floor RUN` writes it"
	content, err := record.ReadAnalysis[ckaValues](dir, "cka")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("analysis/cka.json is not there (%s)", hint)
	}
	if err != nil {
		return nil, err
	}
	n := len(content.Checkpoints)
	if n == 0 || content.Checkpoints[n-1].Step != last {
		return nil, fmt.Errorf("analysis/cka.json has no row of the last step, %d (%s)", last, hint)
	}
	return streams(content.Checkpoints[n-1].Values, hint)
}

// streams pairs the sites of kind stream with their floors, from the lowest block up, as the analysis lists them.
func streams(row ckaValues, hint string) ([]Similarity, error) {
	floors := map[string]float64{}
	for _, s := range row.Floor {
		if s.Linear != nil {
			floors[s.Site] = float64(s.Linear.Debiased)
		}
	}
	var all []Similarity
	for _, s := range row.Start {
		if !strings.HasSuffix(s.Site, ".stream") || s.Linear == nil {
			continue
		}
		floor, ok := floors[s.Site]
		if !ok {
			return nil, fmt.Errorf("analysis/cka.json has no floor for %s (%s)", s.Site, hint)
		}
		all = append(all, Similarity{s.Site, float64(s.Linear.Debiased), floor})
	}
	return all, nil
}
