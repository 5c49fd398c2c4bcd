// SPDX-License-Identifier: Apache-2.0

package slurmtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// run is what a run directory tells.
type run struct {
	status  string
	steps   int // steps 1 to this have a line each
	resumed int // how often it was gone on with
}

// run reads the directory of a task's run as it stands: the shard of task i is the run of seed i.
func (a array) run(t *testing.T, i int) run {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(a.dir, "runs", fmt.Sprintf("*-seed%d-*", i), "metrics.jsonl"))
	if err != nil || len(found) > 1 {
		t.Fatalf("runs of seed %d: %v, %v", i, found, err)
	}
	if found == nil {
		return run{}
	}
	dir := filepath.Dir(found[0])
	var r run
	var summary struct{ Status string }
	if text, err := os.ReadFile(filepath.Join(dir, "summary.json")); err == nil {
		if err := json.Unmarshal(text, &summary); err != nil {
			t.Fatal(err)
		}
		r.status = summary.Status
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
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
