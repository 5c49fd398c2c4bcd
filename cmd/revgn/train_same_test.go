// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/record"
)

// interruptions are the lines that a run has because it was interrupted.
var interruptions = regexp.MustCompile(`"event":"(resume|interrupted)"`)

// sameRun compares the last checkpoint, metrics and summary of two runs, times apart.
func sameRun(t *testing.T, whole, killed string) {
	t.Helper()
	clean := func(dir string) []string {
		return slices.DeleteFunc(untimed(t, dir), func(line string) bool { return interruptions.MatchString(line) })
	}
	if diff := cmp.Diff(clean(whole), clean(killed)); diff != "" {
		t.Errorf("metrics (-whole +killed):\n%s", diff)
	}
	if diff := cmp.Diff(savedArrays(t, whole), savedArrays(t, killed)); diff != "" {
		t.Errorf("checkpoints (-whole +killed):\n%s", diff)
	}
	if diff := cmp.Diff(plainSummary(t, whole), plainSummary(t, killed)); diff != "" {
		t.Errorf("summaries (-whole +killed):\n%s", diff)
	}
	if left, err := filepath.Glob(filepath.Join(killed, "checkpoints", ".tmp-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// savedArrays are the hashes of every checkpoint's arrays, by step and name.
func savedArrays(t *testing.T, dir string) map[string]string {
	t.Helper()
	run, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := run.Checkpoints()
	if err != nil || len(steps) == 0 {
		t.Fatalf("checkpoints %v in %s: %v", steps, dir, err)
	}
	sums := map[string]string{}
	for _, step := range steps {
		c, err := run.Checkpoint(step)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range c.Arrays {
			sum := sha256.New()
			if err := binary.Write(sum, binary.LittleEndian, a.Data); err != nil {
				t.Fatal(err)
			}
			sums[fmt.Sprintf("step %d %s", step, a.Name)] = fmt.Sprintf("%v %x", a.Shape, sum.Sum(nil)[:8])
		}
	}
	return sums
}

// plainSummary is a summary without its times.
func plainSummary(t *testing.T, dir string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"seconds", "step_seconds", "probe_seconds"} {
		delete(s, name)
	}
	return s
}

// setSummary replaces the summary of a run, for what a kill leaves.
func setSummary(t *testing.T, dir string, s record.Summary) {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, filepath.Join(dir, "summary.json"), string(b))
}
