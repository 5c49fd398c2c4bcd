// SPDX-License-Identifier: Apache-2.0

package mlruns

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Metric is a number of a run at a step.
type Metric struct {
	Name  string
	Value float64
	At    time.Time
	Step  int
}

// line is the metric's line in its file. The value is the shortest decimal that reads back the same, and what is not finite stands as Python reads it.
func (m Metric) line() []byte {
	b := strconv.AppendInt(nil, m.At.UnixMilli(), 10)
	b = append(b, ' ')
	switch {
	case math.IsNaN(m.Value):
		b = append(b, "nan"...)
	case math.IsInf(m.Value, 1):
		b = append(b, "inf"...)
	case math.IsInf(m.Value, -1):
		b = append(b, "-inf"...)
	default:
		b = strconv.AppendFloat(b, m.Value, 'g', -1, 64)
	}
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(m.Step), 10)
	return append(b, '\n')
}

// namePattern is what MLflow takes for a name of a metric, a param or a tag.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_.:/ -]{1,250}$`)

// checkName refuses names that MLflow does not take; none of those that it takes leads out of a folder.
func checkName(name string) error {
	if !namePattern.MatchString(name) || path.Clean(name) != name || !filepath.IsLocal(name) {
		return fmt.Errorf("mlflow: name %.80q; want 1 to 250 letters, digits and _ . : / - or blanks, a path no part of which is . or .. alone", name)
	}
	return nil
}

// held is the size that gathered lines may have before they are written.
const held = 4 << 20

// lines gathers lines for the files in a folder, so that each is opened once for many.
type lines struct {
	folder string
	byName map[string][]byte
	size   int
}

func newLines(folder string) *lines { return &lines{folder: folder, byName: map[string][]byte{}} }

func (l *lines) add(metrics ...Metric) error {
	for _, m := range metrics {
		if err := checkName(m.Name); err != nil {
			return err
		}
		line := m.line()
		l.byName[m.Name] = append(l.byName[m.Name], line...)
		l.size += len(line)
	}
	if l.size > held {
		return l.flush()
	}
	return nil
}

// flush appends what was gathered to its files.
func (l *lines) flush() error {
	for _, name := range slices.Sorted(maps.Keys(l.byName)) {
		file := filepath.Join(l.folder, filepath.FromSlash(name))
		if err := appendTo(file, l.byName[name]); err != nil {
			return err
		}
	}
	clear(l.byName)
	l.size = 0
	return nil
}

// appendTo adds whole lines to a file in one call. Where the disk takes only a part of them the part is cut off again: MLflow refuses a run with a line cut
// short.
func appendTo(file string, b []byte) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if os.IsNotExist(err) {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		f, err = os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		var n int
		if n, err = f.Write(b); err != nil && n > 0 {
			err = cmp.Or(err, f.Truncate(info.Size()))
		}
	}
	return cmp.Or(err, f.Close())
}

// Append adds metrics to the run's.
func (r *Run) Append(metrics ...Metric) error {
	l := newLines(filepath.Join(r.dir, metricsFolder))
	if err := l.add(metrics...); err != nil {
		return err
	}
	return l.flush()
}

// rebuild writes all metrics into a new folder, and puts it into the place of the old one.
func (r *Run) rebuild(history func(add func(...Metric) error) error) error {
	at := func(folder string) string { return filepath.Join(r.dir, folder) }
	if err := cmp.Or(os.RemoveAll(at(newMetrics)), os.RemoveAll(at(oldMetrics)), os.Mkdir(at(newMetrics), 0o755)); err != nil {
		return err
	}
	l := newLines(at(newMetrics))
	if err := history(l.add); err != nil {
		return err
	}
	if err := l.flush(); err != nil {
		return err
	}
	if err := cmp.Or(os.Rename(at(metricsFolder), at(oldMetrics)), os.Rename(at(newMetrics), at(metricsFolder))); err != nil {
		return err
	}
	return os.RemoveAll(at(oldMetrics))
}
