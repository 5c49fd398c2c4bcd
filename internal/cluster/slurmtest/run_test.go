// SPDX-License-Identifier: Apache-2.0

package slurmtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// run is what a run directory tells.
type run struct {
	status  string
	steps   int // steps 1 to this have a line each
	resumed int // how often it was gone on with
}

// run reads the directory of a run as it stands.
func (a array) run(t *testing.T, i int) run {
	t.Helper()
	dir := filepath.Join(a.dir, "run-"+strconv.Itoa(i))
	var r run
	var summary struct{ Status string }
	if text, err := os.ReadFile(filepath.Join(dir, "summary.json")); err == nil {
		if err := json.Unmarshal(text, &summary); err != nil {
			t.Fatal(err)
		}
		r.status = summary.Status
	}
	text, err := os.ReadFile(filepath.Join(dir, "metrics.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for _, line := range lines[:len(lines)-1] { // the last is empty, or not yet whole
		var l struct {
			Kind, Event string
			Step        int
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("%s: %v: %s", dir, err, line)
		}
		switch {
		case l.Kind == "step" && l.Step != r.steps+1:
			t.Fatalf("%s: step %d follows step %d", dir, l.Step, r.steps)
		case l.Kind == "step":
			r.steps++
		case l.Event == "resume":
			r.resumed++
		}
	}
	return r
}
