// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/backend/compilecache"
	"revgn/internal/backend/plugin"
)

// runBackend runs `revgn backend ARGS...` and returns its output.
func runBackend(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := newBackendCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(context.Background())
	return out.String(), errs.String(), err
}

func TestBackendListWithoutPlugins(t *testing.T) {
	t.Setenv(plugin.PathVariable, t.TempDir())
	out, _, err := runBackend(t, "list")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) < 5 || !strings.HasPrefix(lines[1], "go ") || !strings.Contains(lines[1], "embedded") {
		t.Errorf("list printed:\n%s", out)
	}
	if strings.Contains(out, ".so") || strings.Contains(out, "  installed") {
		t.Errorf("a plugin is listed in an empty directory:\n%s", out)
	}
}

func TestBackendListShowsDamage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(plugin.PathVariable, dir)
	path := filepath.Join(dir, plugin.FileName("cpu"))
	writeTestFile(t, path, "not what was installed")
	writeTestFile(t, path+".json", `{"device":"cpu","sha256":"`+strings.Repeat("0", 64)+`"}`)
	out, _, err := runBackend(t, "list", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []backendRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Kind == "xla:cpu" && (r.Status != "damaged" || !strings.Contains(r.Problem, "--force")) {
			t.Errorf("a changed plugin is listed as %+v", r)
		}
	}
}

func TestBackendInfoGo(t *testing.T) {
	out, _, err := runBackend(t, "info", "go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "kind         go\n") || !strings.Contains(out, "device 0") {
		t.Errorf("info printed:\n%s", out)
	}
}

// TestBackendInfoTellsTheCache: where compiled graphs are kept, or why they are not.
func TestBackendInfoTellsTheCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	for value, want := range map[string]string{dir: dir + ": 0 compiled graphs, 0.0 MB", "off": "off: REVGN_COMPILE_CACHE=off"} {
		t.Setenv(compilecache.Variable, value)
		out, _, err := runBackend(t, "info", "xla:cpu")
		if err != nil {
			t.Skip(err)
		}
		if !strings.Contains(out, "cache        "+want+"\n") {
			t.Errorf("%s=%s: info printed:\n%s", compilecache.Variable, value, out)
		}
	}
	t.Setenv(compilecache.Variable, dir)
	out, _, err := runBackend(t, "info", "xla:cpu", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var facts backendFacts
	if err := json.Unmarshal([]byte(out), &facts); err != nil || facts.CompileCache == nil || facts.CompileCache.Directory != dir {
		t.Errorf("as JSON: %s (%v)", out, err)
	}
}

func TestBackendBadUsage(t *testing.T) {
	wheel := filepath.Join(t.TempDir(), "x.whl")
	writeTestFile(t, wheel, "")
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"info", "cuda"}, exitUsage, `unknown backend "cuda"`},
		{[]string{"install", "metal"}, exitUsage, "allowed are xla:cpu"},
		{[]string{"install", "xla:metal"}, exitUsage, "allowed are cpu, cuda, tpu"},
		{[]string{"install", "--cuda", "11"}, exitUsage, "allowed are 12 and 13"},
		{[]string{"install", "--from-so", "a.so", "--from-wheel", "b.whl"}, exitUsage, "give one"},
		{[]string{"install", "--offline", "--dir", t.TempDir()}, exitFailed, "--from-wheel"},
		{[]string{"install", "--from-wheel", wheel, "--dir", t.TempDir()}, exitFailed, "--allow-unverified"},
		{[]string{"install", "--from-so", wheel, "--dir", t.TempDir()}, exitFailed, "not a shared library"},
	} {
		_, _, err := runBackend(t, test.args...)
		if err == nil {
			t.Errorf("%v: no error", test.args)
			continue
		}
		if exitCode(err) != test.code || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: exit %d, %q; want exit %d, one line with %q", test.args, exitCode(err), err, test.code, test.want)
		}
	}
}

func writeTestFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
