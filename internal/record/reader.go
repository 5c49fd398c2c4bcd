// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"revgn/internal/safefile"
)

// Reader reads a run directory and never changes it.
type Reader struct{ dir string }

// Open opens a run directory for reading, finished or not.
func Open(dir string) (*Reader, error) {
	st, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read run %s: %w", dir, safefile.Cause(err))
	}
	if !st.IsDir() {
		return nil, fmt.Errorf("%s is a file, want a run directory", dir)
	}
	if _, err := safefile.Read(filepath.Join(dir, configFile), maxConfig); err != nil {
		return nil, fmt.Errorf("%s holds no run: cannot read %s: %w (give the directory that train printed)", dir, configFile, safefile.Cause(err))
	}
	return &Reader{dir}, nil
}

// Dir is the run's directory as given to Open.
func (r *Reader) Dir() string { return r.dir }

// Config returns config.yaml.
func (r *Reader) Config() ([]byte, error) { return r.read(configFile) }

// Manifest returns manifest.json.
func (r *Reader) Manifest() (m Manifest, err error) {
	err = r.readJSON(manifestFile, &m)
	return m, err
}

// Summary returns summary.json.
func (r *Reader) Summary() (s Summary, err error) {
	if err = r.readJSON(summaryFile, &s); err != nil {
		return s, err
	}
	if err = s.Status.check(); err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(r.dir, summaryFile), err)
	}
	return s, err
}

// Metrics returns everything in metrics.jsonl, as ReadMetrics does.
func (r *Reader) Metrics() (*Metrics, error) {
	path := filepath.Join(r.dir, metricsFile)
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadMetrics(f, path)
}

func (r *Reader) read(name string) ([]byte, error) {
	path := filepath.Join(r.dir, name)
	b, err := safefile.Read(path, maxManifest)
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = " (the run ended before it was written, or it was removed)"
		}
		return nil, fmt.Errorf("cannot read %s: %w%s", path, safefile.Cause(err), hint)
	}
	return b, nil
}

func (r *Reader) readJSON(name string, v any) error {
	b, err := r.read(name)
	if err != nil {
		return err
	}
	return decodeFile(filepath.Join(r.dir, name), b, v)
}

// decodeFile decodes a whole JSON file; an error names the file and the line.
func decodeFile(path string, b []byte, v any) error {
	err := json.Unmarshal(b, v)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %w", path, lineAt(b, errorOffset(err)), err)
}

// errorOffset is the byte where JSON decoding failed, 0 where that is not known.
func errorOffset(err error) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return 0
}

func lineAt(b []byte, offset int64) int {
	end := max(0, min(int64(len(b)), offset-1))
	return 1 + strings.Count(string(b[:end]), "\n")
}
