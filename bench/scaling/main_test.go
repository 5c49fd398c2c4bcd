// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func command(args ...string) (code int, stdout, stderr string) {
	var out, errs strings.Builder
	code = run(args, &out, &errs)
	return code, out.String(), errs.String()
}

// The document holds what the program writes.
func TestDocument(t *testing.T) {
	const document = "../../docs/scaling.md"
	got, err := owned().Read(document)
	if err != nil {
		t.Fatal(err)
	}
	code, want, stderr := command()
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if got != want {
		t.Errorf("%s does not hold what the program writes (make scaling puts it there)", document)
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	page := func(between string) string {
		return "before\n" + owned().Begin + "\n" + between + owned().End + "\nafter\n"
	}
	if err := os.WriteFile(path, []byte(page("old\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	_, tables, _ := command("--share", "0.5")
	code, stdout, stderr := command("--share", "0.5", "--write", path)
	written, err := os.ReadFile(path)
	if code != exitDone || stdout != "" || stderr != "" || err != nil || string(written) != page(tables) {
		t.Errorf("exit %d, stdout %q, stderr %q, %v, written:\n%s", code, stdout, stderr, err, written)
	}
	if _, usual, _ := command(); usual == tables {
		t.Error("a share of 0.5 changes nothing")
	}
}

func TestRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(empty, []byte("text\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--share", "0"}, exitUsage, "share: got 0; allowed: above 0"},
		{[]string{"--share", "NaN"}, exitUsage, "share: got NaN"},
		{[]string{"--latency", "-1"}, exitUsage, "latency: got -1"},
		{[]string{"more"}, exitUsage, `unexpected argument "more"`},
		{[]string{"--such"}, exitUsage, "unknown flag: --such"},
		{[]string{"--write", empty}, exitFailed, "want one of each"},
		{[]string{"--write", filepath.Join(empty, "none.md")}, exitFailed, "scaling: open"},
	} {
		code, stdout, stderr := command(tt.args...)
		if code != tt.code || stdout != "" || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", tt.args, code, stdout, stderr, tt.want)
		}
	}
	if code, _, stderr := command("--help"); code != exitDone || !strings.Contains(stderr, "--share") {
		t.Errorf("help: exit %d, %q", code, stderr)
	}
}
