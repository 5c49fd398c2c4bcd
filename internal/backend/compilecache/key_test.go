// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeyTellsApart changes one thing at a time: every key is another.
func TestKeyTellsApart(t *testing.T) {
	seen := map[Key]string{}
	add := func(name string, e Environment, p program) {
		k := e.key(p)
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
	}
	e := Environment{Host: "host", Variables: []string{"XLA_FLAGS=--a", "TF_B=1"}}
	p := program{
		code: []byte("code"), format: []byte("mlir"), options: []byte("opt"), plugin: "sum", platform: "cpu", version: "1", devices: 1,
	}
	add("plain", e, p)
	for name, change := range map[string]func(*Environment, *program){
		"host":            func(e *Environment, _ *program) { e.Host = "another" },
		"variable":        func(e *Environment, _ *program) { e.Variables = []string{"XLA_FLAGS=--b", "TF_B=1"} },
		"no variable":     func(e *Environment, _ *program) { e.Variables = nil },
		"joined":          func(e *Environment, _ *program) { e.Variables = []string{"XLA_FLAGS=--aTF_B=1"} },
		"code":            func(_ *Environment, p *program) { p.code = []byte("edoc") },
		"code and format": func(_ *Environment, p *program) { p.code, p.format = []byte("codem"), []byte("lir") },
		"format":          func(_ *Environment, p *program) { p.format = []byte("hlo") },
		"options":         func(_ *Environment, p *program) { p.options = nil },
		"plugin":          func(_ *Environment, p *program) { p.plugin = "mus" },
		"platform":        func(_ *Environment, p *program) { p.platform = "cuda" },
		"version":         func(_ *Environment, p *program) { p.version = "2" },
		"devices":         func(_ *Environment, p *program) { p.devices = 2 },
	} {
		e, p := e, p
		change(&e, &p)
		add(name, e, p)
	}
	if again := e.key(p); seen[again] != "plain" || len(again.String()) != 64 {
		t.Errorf("hashed again the key is %s", again)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("XLA_FLAGS", "")
	plain, err := ReadEnvironment()
	if err != nil {
		t.Skip(err)
	}
	t.Setenv("REVGN_UNRELATED", "1")
	again, err := ReadEnvironment()
	if err != nil || again.key(program{}) != plain.key(program{}) {
		t.Errorf("read twice it differs (%v)", err)
	}
	t.Setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
	flags, err := ReadEnvironment()
	if err != nil || flags.key(program{}) == plain.key(program{}) {
		t.Errorf("flags change nothing (%v)", err)
	}

	file := filepath.Join(t.TempDir(), "flags")
	t.Setenv("XLA_FLAGS", file)
	if _, err := ReadEnvironment(); err == nil {
		t.Error("flags in a file that is not there are no error")
	}
	keys := map[Key]bool{}
	for _, text := range []string{"--xla_a=1", "--xla_a=2"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := ReadEnvironment()
		if err != nil {
			t.Fatal(err)
		}
		keys[e.key(program{})] = true
	}
	if len(keys) != 2 {
		t.Error("what stands in a file of flags changes nothing")
	}
	t.Setenv("XLA_FLAGS", "--xla_dump_to=/tmp/dump")
	if _, err := ReadEnvironment(); err == nil || !strings.Contains(err.Error(), "dump") {
		t.Errorf("flags that ask for a dump: %v", err)
	}
}

func TestPlace(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/home/user/.cache")
	t.Setenv("HOME", "/home/user")
	for value, want := range map[string]struct{ dir, off string }{
		"off": {off: "REVGN_COMPILE_CACHE=off"}, "OFF": {off: "REVGN_COMPILE_CACHE=OFF"}, "0": {off: "REVGN_COMPILE_CACHE=0"},
		"/some/where": {dir: "/some/where"},
	} {
		t.Setenv(Variable, value)
		if dir, off := Place(); dir != want.dir || off != want.off {
			t.Errorf("%s=%s: %q, %q, want %q, %q", Variable, value, dir, off, want.dir, want.off)
		}
	}
	t.Setenv(Variable, "")
	if dir, off := Place(); off != "" || !strings.HasSuffix(dir, filepath.Join("revgn", "xla")) {
		t.Errorf("without %s: %q, %q", Variable, dir, off)
	}
	t.Setenv(Variable, "relative")
	if dir, _ := Place(); !filepath.IsAbs(dir) {
		t.Errorf("%q is not absolute", dir)
	}
}
