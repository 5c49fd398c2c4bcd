// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/backend/plugin"
)

func TestCheckFlagSyntax(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags")
	if err := os.WriteFile(file, []byte("--xla_a=1"), 0o644); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		"": "", "  ": "", "--xla_a=1": "", "--xla_a --xla_b=x;y": "", file: "", `--xla_dump_to='a b'`: "",
		"--xla_a=1;--xla_b=2": "';'",
		"--xla_a=1 xla_b=2":   `"xla_b=2"`,
		"xla_a=1":             "neither a flag",
		"/no/such/file":       "neither a flag",
	} {
		err := checkFlagSyntax(value)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("checkFlagSyntax(%q) = %v, want %q", value, err, want)
		}
	}
}

func TestAbortReason(t *testing.T) {
	for stderr, want := range map[string]string{
		"": "", "some other failure\n": "", "F0000 00:00 1 dso_loader.cc:1] no library\n": "",
		"WARNING: x\nF0000 00:00:1.5 16 parse_flags_from_env.cc:234] Unknown flag in XLA_FLAGS: --xla_foo=1\n*** trace": "Unknown flag in XLA_FLAGS: --xla_foo=1",
		"F0000 00:00:1.5 16 parse_flags_from_env.cc:220] Check failed: tsl::Flags::Parse(...)\nusage":                   "bad value",
	} {
		if got := abortReason(stderr); got != want {
			t.Errorf("abortReason(%q) = %q, want %q", stderr, got, want)
		}
	}
}

// TestBadFlagsAreAnError opens the real plugin in child processes: flags that XLA aborts on become errors here.
func TestBadFlagsAreAnError(t *testing.T) {
	path, ok := plugin.Find(plugin.Dirs(), "cpu")
	if !xlaBuilt || !ok {
		t.Skip("no XLA on this machine or in this build")
	}
	for value, want := range map[string]string{
		"":                                "",
		"--xla_cpu_enable_fast_math=true": "",
		"--xla_cpu_enable_fast_math=true --xla_no_such_flag=1": "--xla_no_such_flag=1",
		"--xla_cpu_enable_fast_math=banana":                    "--xla_cpu_enable_fast_math=banana",
		"--no_such_flag":                                       "--no_such_flag",
	} {
		err := checkXLAFlags(t.Context(), path, value)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("checkXLAFlags(%q) = %v, want %q", value, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	}
	t.Setenv(flagsVariable, "--xla_no_such_flag=1")
	if _, err := Open(t.Context(), Options{Name: "xla:cpu"}); !isFlagError(err) {
		t.Errorf("Open under a bad flag: %v", err)
	}
}

// FuzzCheckFlagSyntax looks for values that make the check fail over.
func FuzzCheckFlagSyntax(f *testing.F) {
	f.Add("--xla_a=1;--xla_b")
	f.Add("'")
	f.Fuzz(func(t *testing.T, value string) {
		if err := checkFlagSyntax(value); err != nil && !isFlagError(err) {
			t.Errorf("%q gives %v, which is no flag error", value, err)
		}
	})
}

func FuzzAbortReason(f *testing.F) {
	f.Add("F0000 parse_flags_from_env.cc:1] x\n")
	f.Fuzz(func(t *testing.T, stderr string) {
		if strings.Contains(abortReason(stderr), "\n") {
			t.Errorf("%q gives more than one line", stderr)
		}
	})
}

// A child whose program does not call Probe opens no plugin under test by yet another child, or there would be no end of them.
func TestChildHasNoChildren(t *testing.T) {
	t.Setenv(probeVariable, "/no/such/plugin.so")
	if err := checkXLAFlags(t.Context(), "/no/such/plugin.so", "--xla_a=1"); err != nil {
		t.Error(err)
	}
}
