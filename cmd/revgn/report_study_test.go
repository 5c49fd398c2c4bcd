// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/claims"
)

// writeVerdicts makes a study in which every claim lacks its runs.
func writeVerdicts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var verdicts []claims.Verdict
	for _, c := range claims.Claims()[:3] {
		verdicts = append(verdicts, claims.Judge(c, "digits", claims.Runs{}, claims.Smoke.Seeds()))
	}
	b, err := json.Marshal(claims.Collect("test", claims.Smoke, nil, verdicts, nil))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "verdicts.json"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	followsSchema(t, "verdicts", filepath.Join(dir, "verdicts.json"))
	return dir
}

// A directory with verdicts.json has a page of its own, in the directory itself.
func TestReportOfStudy(t *testing.T) {
	dir := writeVerdicts(t)
	code, stdout, stderr := cli("report", dir)
	if code != exitDone || stderr != "" || !strings.Contains(stdout, filepath.Join(dir, "report.html")) {
		t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !strings.Contains(string(page), "3 verdicts: 0 HOLDS, 0 FAILS, 3 INCONCLUSIVE on the paper") {
		t.Errorf("the page does not count the verdicts, %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "tables", "verdicts.tex")); err != nil {
		t.Error(err)
	}
	out := filepath.Join(t.TempDir(), "page")
	if code, _, stderr := cli("report", dir, "--page-only", "--out", out); code != exitDone {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != 1 {
		t.Errorf("--page-only wrote %v, %v", entries, err)
	}
}

func TestReportOfStudyRefuses(t *testing.T) {
	dir := writeVerdicts(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{dir, dir}, exitUsage, "give it alone"},
		{[]string{dir, "--watch"}, exitUsage, "--watch is for runs and sweeps"},
		{[]string{dir, "--title", "x"}, exitUsage, "--title is for runs and sweeps"},
	} {
		if code, _, stderr := cli(append([]string{"report"}, c.args...)...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stderr %q", c.args, code, stderr)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "verdicts.json"), []byte(`{"format": 7}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := cli("report", dir); code != exitFailed || !strings.Contains(stderr, "got format 7; want 1") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}
