// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"revgn/internal/verify"
)

// The quick subset holds on the embedded backend: device line, header, rows, summary, exit code 0, and the same rows in the file.
func TestVerify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "verify.json")
	code, stdout, stderr := cli("verify", "--backend", "go", "--quick", "--offline", "--json", path)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if code != exitDone || len(lines) < 10 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	if !strings.HasPrefix(lines[0], "device: go, ") {
		t.Errorf("first line %q", lines[0])
	}
	header := regexp.MustCompile(`^check +section +dtype +figure +tolerance +verdict +worst on$`)
	if !header.MatchString(lines[1]) {
		t.Errorf("header %q", lines[1])
	}
	row := regexp.MustCompile(`^.+  [1-9] +f(32|64) +\S+ +\S+ +holds +.+$`)
	for _, line := range lines[2 : len(lines)-1] {
		if !row.MatchString(line) {
			t.Errorf("row %q", line)
		}
	}
	if last := lines[len(lines)-1]; !regexp.MustCompile(`^all \d+ checks hold$`).MatchString(last) {
		t.Errorf("last line %q", last)
	}
	if !regexp.MustCompile(`verify: \d+ problems\n(?s:.*)problem \d+/\d+`).MatchString(stderr) {
		t.Errorf("no progress by problems on stderr: %q", stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	followsSchema(t, "verify", path)
	var file verifyFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Rows) != len(lines)-3 || !file.Holds || !file.Quick || file.Kind != "go" || verify.Failing(file.Rows) != 0 {
		t.Errorf("the file has %d rows, the table %d; %+v", len(file.Rows), len(lines)-3, file)
	}
}

// One dtype alone.
func TestVerifyOneDType(t *testing.T) {
	code, stdout, stderr := cli("verify", "--backend", "go", "--quick", "--dtype", "f32")
	if code != exitDone || strings.Contains(stdout, " f64 ") || !strings.Contains(stdout, " f32 ") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestVerifyBadUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--dtype", "f16"}, exitUsage, `got "f16"; allowed: f32, f64`},
		{[]string{"--dtype", ""}, exitUsage, "allowed: f32, f64"},
		{[]string{"--backend", "cuda"}, exitUsage, `did you mean "xla:cuda"?`},
		{[]string{"--quik"}, exitUsage, `did you mean "--quick"?`},
		{[]string{"--backend", "go", "--quick", "--dtype", "f64", "--json", "no/such/dir/v.json"}, exitFailed, "cannot write no/such/dir/v.json: there is no directory no/such/dir"},
	} {
		code, _, stderr := cli(append([]string{"verify"}, c.args...)...)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		if last := lines[len(lines)-1]; code != c.code || !strings.Contains(last, c.want) {
			t.Errorf("%v: exit %d, %q; want exit %d and %q", c.args, code, last, c.code, c.want)
		}
	}
}

// A check that fails ends the command with exit code 3, in one line.
func TestVerifyFails(t *testing.T) {
	file := verifyFile{Kind: "go", Rows: []verify.Row{{Check: "a", Holds: true}, {Check: "b"}}}
	err := file.verdict()
	if err == nil || exitCode(err) != exitCheck || !strings.Contains(err.Error(), "1 of 2 checks FAIL on go") {
		t.Errorf("got %v, exit %d", err, exitCode(err))
	}
	file.Holds = true
	if err := file.verdict(); err != nil {
		t.Error(err)
	}
}
