// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/tfevents"
)

// checkMirrors reads what a run wrote for TensorBoard, and for MLflow into store, record by record: no step is there twice and none is missing.
func checkMirrors(t *testing.T, dir, store string) {
	t.Helper()
	want := seriesOf(t, dir)
	if diff := cmp.Diff(want, flowSeries(t, dir, store)); diff != "" {
		t.Errorf("MLflow (-metrics.jsonl +got):\n%s", diff)
	}
	if diff := cmp.Diff(rounded(want), boardSeries(t, dir)); diff != "" {
		t.Errorf("TensorBoard (-metrics.jsonl +got):\n%s", diff)
	}
}

// boardSeries are the scalars of the one event file of a run.
func boardSeries(t *testing.T, dir string) map[string]history {
	t.Helper()
	files, err := tfevents.Files(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("event files %v (%v), want one", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	events, cutShort, err := tfevents.Read(bytes.NewReader(content))
	if err != nil || cutShort {
		t.Fatalf("%s: cut short %v, %v", files[0], cutShort, err)
	}
	series := map[string]history{}
	for _, e := range events {
		for _, v := range e.Values {
			if v.Kind == tfevents.KindScalar {
				series[v.Tag] = append(series[v.Tag], pair(float64(e.Step), float64(v.Scalar)))
			}
		}
	}
	return series
}

// flowSeries are the metrics of the run of that directory in a file store.
func flowSeries(t *testing.T, dir, store string) map[string]history {
	t.Helper()
	tags, err := filepath.Glob(filepath.Join(store, "*", "*", "tags", "revgn.run"))
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]history{}
	for _, tag := range tags {
		if text, err := os.ReadFile(tag); err != nil || string(text) != dir {
			continue
		}
		if len(series) > 0 {
			t.Fatalf("%s has more than one run of %s", store, dir)
		}
		metrics := filepath.Join(filepath.Dir(tag), "..", "metrics")
		err := filepath.WalkDir(metrics, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(metrics, path)
			series[filepath.ToSlash(name)] = flowHistory(t, path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return series
}

// flowHistory reads lines of `milliseconds value step`.
func flowHistory(t *testing.T, path string) history {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var h history
	for in := bufio.NewScanner(f); in.Scan(); {
		words := strings.Fields(in.Text())
		if len(words) != 3 {
			t.Fatalf("%s: line %q", path, in.Text())
		}
		h = append(h, pair(numberIn(t, words[2]), numberIn(t, words[1])))
	}
	return h
}

func numberIn(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pair is an entry of a history.
func pair(step, value float64) [2]*float64 {
	if math.IsNaN(value) {
		return [2]*float64{&step, nil}
	}
	return [2]*float64{&step, &value}
}
