// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"revgn/internal/npy"
	"revgn/internal/record"
)

const (
	maxAnalysis = 64 << 20 // bytes of an analysis' file
	maxArrays   = 256 << 20
	// maxPanels bounds what one run adds to the page.
	maxPanels = 40
)

// loadAnalyses reads what `revgn analyze` left in the run. CKA between runs comes last: it has a figure a site, and deep networks have more sites than there is room for.
func (r *Run) loadAnalyses() {
	r.addPanels("cka", panelsOf(r, "cka", ckaPanels))
	r.addPanels("ntk", panelsOf(r, "ntk", ntkPanels))
	r.addPanels("weights", panelsOf(r, "weights", weightsPanels))
	r.addPanels("features", panelsOf(r, "features", featuresPanels))
	r.Batches = rowsOf[batchesRow](r, "batches")
	r.addPanels("batches", batchesPanels(r.Batches))
	r.addPanels("cka-across", panelsOf(r, "cka-across", acrossPanels))
	if n := len(r.Analyses); n > maxPanels {
		r.Analyses = r.Analyses[:maxPanels]
		r.Notes = append(r.Notes, fmt.Sprintf("%d of the figures of its analyses are left out", n-maxPanels))
	}
}

// panelsOf makes the panels of an analysis; none where the run has none.
func panelsOf[R any](r *Run, name string, panels func(r *Run, rows []record.Measured[R]) []Panel) []Panel {
	rows := rowsOf[R](r, name)
	if len(rows) == 0 {
		return nil
	}
	return panels(r, rows)
}

// rowsOf are the checkpoints of an analysis; none where the run has no such file.
func rowsOf[R any](r *Run, name string) []record.Measured[R] {
	var a record.Analysis[R]
	err := r.readAnalysis(name, &a)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.note(fmt.Errorf("analysis/%s.json: %w", name, err))
		}
		return nil
	}
	return a.Checkpoints
}

// addPanels adds the panels of an analysis by their number and under the run's name.
func (r *Run) addPanels(name string, panels []Panel) {
	for i, p := range panels {
		p.ID = fmt.Sprintf("%s-%d", name, i+1)
		p.Title = r.Name + ": " + p.Title
		r.Analyses = append(r.Analyses, p)
	}
}

// readAnalysis decodes a file that must lie in the run itself: a link that leads out of it is not followed.
func (r *Run) readAnalysis(name string, v any) error {
	f, err := os.OpenInRoot(r.Dir, filepath.Join("analysis", name+".json"))
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxAnalysis+1))
	if err != nil {
		return err
	}
	if len(b) > maxAnalysis {
		return fmt.Errorf("it is larger than %d bytes", maxAnalysis)
	}
	return json.Unmarshal(b, v)
}

// arrays reads those arrays of an analysis' row that have one of the names, all without names; none where there are none. Those that cannot be drawn are a note.
func (r *Run) arrays(file string, names ...string) []npy.Array {
	if file == "" {
		return nil
	}
	list, err := r.readArrays(file, names)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.note(fmt.Errorf("analysis/%s is there and not drawn: %w", file, err))
	}
	return list
}

func (r *Run) readArrays(file string, names []string) ([]npy.Array, error) {
	f, err := os.OpenInRoot(r.Dir, filepath.Join("analysis", file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	return npy.ReadZip(f, st.Size(), npy.Limits{Bytes: maxArrays, Only: names})
}

// floats is an array of one of the two float types.
func floats(a npy.Array) ([]float64, bool) {
	switch d := a.Data.(type) {
	case []float64:
		return d, true
	case []float32:
		out := make([]float64, len(d))
		for i, v := range d {
			out[i] = float64(v)
		}
		return out, true
	}
	return nil, false
}

// stepLabel names a checkpoint in a heat map.
func stepLabel(step int) string { return strconv.Itoa(step) }
