// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"

	"revgn/internal/npy"
)

const (
	analysisDir    = "analysis"
	analysisFormat = 1
)

// ProbeSet says on which samples an analysis looked at a network.
type ProbeSet struct {
	Data     string `json:"data"`
	Part     string `json:"part"`
	Samples  int    `json:"samples"`
	Features int    `json:"features"`
	Classes  int    `json:"classes"`
	SHA256   string `json:"sha256"`
}

// Analysis is the content of RUN/analysis/NAME.json, with a row of type R for each checkpoint.
type Analysis[R any] struct {
	Format      int           `json:"format"`
	Analysis    string        `json:"analysis"`
	Program     string        `json:"program"`
	Version     string        `json:"version"`
	GitRevision string        `json:"git_revision,omitempty"`
	BuildSHA256 string        `json:"build_sha256,omitempty"` // of the program's file, where version and revision do not tell what was built
	Run         string        `json:"run"`
	Backend     string        `json:"backend,omitempty"` // none for what needs no device
	DType       string        `json:"dtype"`
	Probe       *ProbeSet     `json:"probe,omitempty"` // none for what needs no samples
	Setting     any           `json:"setting"`         // the options that decide the numbers
	Definitions any           `json:"definitions"`
	Warnings    []string      `json:"warnings"`    // those of all rows, each once
	Checkpoints []Measured[R] `json:"checkpoints"` // ascending in step
}

// Measured is what an analysis found at one checkpoint.
type Measured[R any] struct {
	Step     int      `json:"step"`
	Epoch    float64  `json:"epoch"`
	Weights  string   `json:"weights_sha256"`
	Before   string   `json:"before_sha256,omitempty"` // weights of the checkpoint before, where the row also depends on them
	Seconds  Number   `json:"seconds"`
	Values   R        `json:"values"`
	Arrays   string   `json:"arrays,omitempty"` // file of the arrays that belong to the row, beside this one; none where none were asked for
	Warnings []string `json:"warnings,omitempty"`
}

// AnalysisFile writes an analysis checkpoint by checkpoint: after every one the file is whole, and a later analysis of the same kind goes on from it.
type AnalysisFile[R any] struct {
	path      string
	content   Analysis[R]
	displaces bool // an earlier file, when the first row is written
}

// OpenAnalysis begins the file of an analysis in a run's directory. Rows of an earlier one stay where all that decides the numbers is the same: dtype, backend, probe set,
// setting, definitions and the version of the program; else the earlier file is moved to Displaced when the first new row is written. Where fresh is true it is replaced.
func OpenAnalysis[R any](dir string, head Analysis[R], fresh bool) (*AnalysisFile[R], error) {
	head.Format, head.Run, head.Checkpoints = analysisFormat, filepath.Base(dir), []Measured[R]{}
	if full, err := filepath.Abs(dir); err == nil {
		head.Run = filepath.Base(full)
	}
	f := &AnalysisFile[R]{path: filepath.Join(dir, analysisDir, head.Analysis+".json"), content: head}
	if err := checkAnalyses(dir); err != nil {
		return nil, err
	}
	if fresh {
		return f, nil
	}
	b, err := readFile(f.path, maxAnalysis)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	var old Analysis[R]
	if err := json.Unmarshal(b, &old); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w (remove it, or give --redo)", f.path, err)
	}
	same, err := sameNumbers(old, head)
	if same {
		f.content.Checkpoints = old.Checkpoints
		f.content.Warnings = warningsOf(old.Checkpoints)
	}
	f.displaces = !same && len(old.Checkpoints) > 0
	return f, err
}

// ReadAnalysis reads what an analysis left in a run's directory; where it left nothing the error is fs.ErrNotExist.
func ReadAnalysis[R any](dir, name string) (Analysis[R], error) {
	var content Analysis[R]
	path := filepath.Join(dir, analysisDir, name+".json")
	b, err := readFile(path, maxAnalysis)
	if err != nil {
		return content, err
	}
	return content, decodeFile(path, b, &content)
}

// Displaced is where an earlier file goes whose numbers do not belong with the new ones, analysis/NAME.previous.json; "" where there is none.
func (f *AnalysisFile[R]) Displaced() string {
	if !f.displaces {
		return ""
	}
	return strings.TrimSuffix(f.path, ".json") + ".previous.json"
}

// sameNumbers tells whether two files hold rows that can stand together: all but the rows and the warnings agrees.
func sameNumbers[R any](a, b Analysis[R]) (bool, error) {
	a.Checkpoints, b.Checkpoints, a.Warnings, b.Warnings = nil, nil, nil, nil
	first, err := canonical(a)
	if err != nil {
		return false, err
	}
	second, err := canonical(b)
	return bytes.Equal(first, second), err
}

// canonical is v's JSON with the keys of every object in order, whether v was read from a file or not.
func canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

// Path is the file's path.
func (f *AnalysisFile[R]) Path() string { return f.path }

// Content is what the file holds so far.
func (f *AnalysisFile[R]) Content() Analysis[R] { return f.content }

// Find is the row of these weights at the step, nil where there is none.
func (f *AnalysisFile[R]) Find(step int, weights string) *Measured[R] {
	for i, m := range f.content.Checkpoints {
		if m.Step == step && m.Weights == weights {
			return &f.content.Checkpoints[i]
		}
	}
	return nil
}

// Add puts a row in its place, instead of one of the same step, and writes the file, whole or not at all.
func (f *AnalysisFile[R]) Add(m Measured[R]) error {
	rows := slices.DeleteFunc(slices.Clone(f.content.Checkpoints), func(o Measured[R]) bool { return o.Step == m.Step })
	at, _ := slices.BinarySearchFunc(rows, m.Step, func(o Measured[R], step int) int { return o.Step - step })
	f.content.Checkpoints = slices.Insert(rows, at, m)
	f.content.Warnings = warningsOf(f.content.Checkpoints)
	return f.write()
}

// warningsOf are the warnings of rows, each once.
func warningsOf[R any](rows []Measured[R]) []string {
	list := []string{}
	for _, m := range rows {
		for _, w := range m.Warnings {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

func (f *AnalysisFile[R]) write() error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // definitions write inner products as <a, b>
	e.SetIndent("", "  ")
	if err := e.Encode(f.content); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return writeError(f.path, err)
	}
	if to := f.Displaced(); to != "" {
		if err := os.Rename(f.path, to); err != nil {
			return writeError(to, err)
		}
		f.displaces = false
	}
	if err := renameio.WriteFile(f.path, b.Bytes(), 0o644, renameio.WithTempDir(dir)); err != nil {
		return writeError(f.path, err)
	}
	return nil
}

func (f *AnalysisFile[R]) arraysPath(step int) string {
	return filepath.Join(filepath.Dir(f.path), f.content.Analysis+"-"+stepName(step)+".npz")
}

// HasArrays tells whether the arrays of a row are there. A file that an earlier analysis of another setting left behind is not of this row.
func (f *AnalysisFile[R]) HasArrays(m *Measured[R]) bool {
	path := f.arraysPath(m.Step)
	if m.Arrays != filepath.Base(path) {
		return false // none, or a name that this program does not give
	}
	st, err := os.Lstat(path)
	return err == nil && st.Mode().IsRegular()
}

// WriteArrays writes analysis/NAME-step-NNNNNNNN.npz beside the file and returns its name, for Measured.Arrays.
func (f *AnalysisFile[R]) WriteArrays(step int, arrays []npy.Array) (string, error) {
	path := f.arraysPath(step)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", writeError(path, err)
	}
	if err := npy.WriteFile(path, arrays); err != nil {
		return "", writeError(path, err)
	}
	return filepath.Base(path), nil
}
