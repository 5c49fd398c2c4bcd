// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"revgn/internal/record"
)

// Where stderr is no terminal, progress is plain lines without control characters; stdout holds the result alone.
func TestTrainPlainOutput(t *testing.T) {
	code, stdout, stderr := cli(smallArgs(t, filepath.Join(t.TempDir(), "run"))...)
	if code != exitDone || regexp.MustCompile(`[\x00-\x09\x0b-\x1f]`).MatchString(stderr+stdout) {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{
		"\nparameters 2,080 trained, 2,096 frozen, 16.31 KiB\n", "\ncsv-gn-seed42: 12 steps\n", "initial network:  test loss ", "\nepoch 1/2  step 1/12  loss ", "\nepoch 2/2  step 12/12  loss ",
		"\nstep 12 (2 epochs):  train loss ",
	} {
		if !strings.Contains("\n"+stderr, want) {
			t.Errorf("no %q in\n%s", want, stderr)
		}
	}
	form := `^status     done after 12 steps \(2 epochs\)
last       test accuracy \d\.\d+, test loss \S+; train accuracy \d\.\d+, train loss \S+ \(step 12\)
(best       test accuracy \d\.\d+, test loss \S+(; train accuracy \d\.\d+, train loss \S+)? \(step \d+\)\n)?exact      12 of 12 steps EXACT \(100 %\), worst certificate \S+
time       \S+ s in all, \S+ s in steps, \S+ s a step
run        \S+
$`
	if !regexp.MustCompile(form).MatchString(stdout) {
		t.Errorf("stdout:\n%s", stdout)
	}
}

// For machines every line of stderr is a JSON object, and stdout is one.
func TestTrainJSONOutput(t *testing.T) {
	code, stdout, stderr := cli(smallArgs(t, filepath.Join(t.TempDir(), "run"), "--log-format", "json", "--lr", "1.5")...)
	kinds := map[string]int{}
	for line := range strings.Lines(stderr) {
		var o struct{ Kind string }
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		kinds[o.Kind]++
	}
	if code != exitDone || kinds["start"] != 1 || kinds["note"] < 8 || kinds["progress"] < 2 || kinds["eval"] != 3 {
		t.Errorf("exit %d, %v in\n%s", code, kinds, stderr)
	}
	checkJSONResult(t, []byte(stdout), record.Done)
	// An error comes after what the run reached.
	code, stdout, stderr = cli(smallArgs(t, filepath.Join(t.TempDir(), "run"), "--log-format", "json", "--require-exact", "1e-30")...)
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	if last := lines[len(lines)-1]; code != exitCheck || !strings.Contains(last, `"kind":"error"`) || !strings.Contains(last, `"exit":3`) {
		t.Errorf("exit %d, last line %s", code, last)
	}
	checkJSONResult(t, []byte(stdout), record.Failed)
}

func checkJSONResult(t *testing.T, stdout []byte, status record.Status) {
	t.Helper()
	var result struct {
		Run     string
		Summary record.Summary
	}
	if err := json.Unmarshal(stdout, &result); err != nil || bytes.Count(stdout, []byte("\n")) != 1 {
		t.Fatalf("stdout is not one JSON object in a line (%v):\n%s", err, stdout)
	}
	if result.Summary.Status != status || result.Run == "" {
		t.Errorf("result %+v", result)
	}
}
