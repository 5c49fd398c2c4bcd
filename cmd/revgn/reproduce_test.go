// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"revgn/internal/claims"
)

func TestReproduceList(t *testing.T) {
	code, stdout, stderr := cli("reproduce", "list")
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, c := range claims.Claims() {
		if !strings.Contains(stdout, c.ID+":"+string(c.Variation)) || !strings.Contains(stdout, c.Statement) {
			t.Errorf("claim %s:%s is not listed", c.ID, c.Variation)
		}
	}
	code, stdout, _ = cli("reproduce", "list", "--log-format", "json")
	var all []claimObject
	if err := json.Unmarshal([]byte(stdout), &all); code != exitDone || err != nil || len(all) != len(claims.Claims()) {
		t.Errorf("exit %d, %v, %d claims", code, err, len(all))
	}
}

// A plan counts the runs and writes nothing.
func TestReproducePlan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "study")
	code, stdout, stderr := cli("reproduce", "plan", "12", "--measure=false", "--out", dir)
	if code != exitDone || !strings.Contains(stdout, "14: 4 by which rates are chosen, 10 that are judged; 0 are there") || !strings.Contains(stdout, "nothing of these kinds was measured") {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s was written", dir)
	}
	code, stdout, _ = cli("reproduce", "plan", "12", "--measure=false", "--out", dir, "--log-format", "json")
	var lines []planObject
	if err := json.Unmarshal([]byte(stdout), &lines); code != exitDone || err != nil || len(lines) != 2 {
		t.Errorf("exit %d, %v: %s", code, err, stdout)
	}
}

func TestReproduceBadUsage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"reproduce 99", `there is no claim "99"; want one of 1, 2`},
		{"reproduce 2:exat", `did you mean "2:exact"?`},
		{"reproduce lsit", `"lsit"`},
		{"reproduce --scale cup", `did you mean "cpu"?`},
		{"reproduce --scale smoke --task mnist", "at scale smoke there are digits"},
		{"reproduce --out " + file, "is no directory"},
		{"reproduce --out " + filepath.Dir(file), "holds no study, but file; choose another directory"},
		{"reproduce -j -1", "workers: got -1"},
		{"reproduce list extra", "extra"},
	} {
		code, stdout, stderr := cli(strings.Fields(c.args)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// Data that are not there are told once, before anything is written; where nothing is left to make they are not asked for.
func TestReproduceWithoutData(t *testing.T) {
	out := filepath.Join(t.TempDir(), "study")
	asked := []string{"reproduce", "12", "--scale", "cpu", "--out", out, "--data-dir", t.TempDir()}
	code, stdout, stderr := cli(asked...)
	if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "mnist is not there (revgn data get mnist") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Errorf("%s was written", out)
	}
	code, stdout, stderr = cli(append([]string{"reproduce", "plan"}, asked[1:]...)...)
	if code != exitDone || !strings.Contains(stderr, "mnist is not there") || !strings.Contains(stdout, "runs       34: 14 by which rates are chosen, 20 that are judged") {
		t.Errorf("plan: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// Every claim at scale smoke comes to a verdict, and the second call makes nothing. It takes minutes: make smoke.
func TestSmokeStudy(t *testing.T) {
	if os.Getenv("REVGN_SMOKE") == "" {
		t.Skip("takes minutes (make smoke runs it)")
	}
	dir := filepath.Join(t.TempDir(), "study")
	if out := os.Getenv("REVGN_SMOKE"); filepath.IsAbs(out) {
		dir = out
	}
	first, text := reproduced(t, dir)
	if len(first.Verdicts) != len(claims.Claims()) || len(first.Waiting) != 0 {
		t.Errorf("%d verdicts, %d claims wait", len(first.Verdicts), len(first.Waiting))
	}
	for _, v := range first.Verdicts {
		t.Logf("%-12s %-10s %-12s %s", v.Claim, v.Variation, v.Verdict, v.Reason)
		if strings.Contains(v.Reason, "there is no run of") {
			t.Errorf("claim %s:%s misses runs: %s", v.Claim, v.Variation, v.Reason)
		}
	}
	if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "Verdicts") {
		t.Errorf("no page: %v", err)
	}
	before := settingStarts(t, dir)
	_, again := reproduced(t, dir)
	if after := settingStarts(t, dir); !reflect.DeepEqual(before, after) || len(before) == 0 {
		t.Errorf("the second call began runs: %d before, %d after", allStarts(before), allStarts(after))
	}
	if !bytes.Equal(text, again) {
		t.Error("the second call came to another verdicts.json")
	}
}

// reproduced makes a study, and returns what stands in verdicts.json, and its text.
func reproduced(t *testing.T, dir string) (claims.Verdicts, []byte) {
	t.Helper()
	begun := time.Now()
	cmd := programWithin(t, 30*time.Minute, "reproduce", "--scale", "smoke", "--out", dir)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Logf("took %s", time.Since(begun).Round(time.Second))
	var all claims.Verdicts
	if text, err = os.ReadFile(filepath.Join(dir, "verdicts.json")); err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all, text
}

// settingStarts counts attempts at runs over all sweeps of a study.
func settingStarts(t *testing.T, dir string) map[string]int {
	t.Helper()
	all := map[string]int{}
	sweeps, err := filepath.Glob(filepath.Join(dir, "*", "*", "sweep.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sweeps {
		for id, n := range starts(t, filepath.Dir(path)) {
			all[filepath.Dir(path)+id] = n
		}
	}
	return all
}

func allStarts(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}
