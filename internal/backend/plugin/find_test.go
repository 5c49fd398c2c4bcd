// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func touch(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFind(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(a, FileName("cpu")), 0o755); err != nil { // a directory is no plugin
		t.Fatal(err)
	}
	cpu := touch(t, b, FileName("cpu"))
	touch(t, b, FileName("cpu_v0.90.0"))
	touch(t, c, FileName("cpu"))
	cuda := touch(t, b, "nvidia", FileName("cuda"))
	touch(t, c, FileName("tpu_v0.1"))
	tpu := touch(t, c, FileName("tpu_v0.2"))
	for _, test := range []struct {
		dirs         []string
		device, want string
	}{
		{[]string{a, b, c}, "cpu", cpu},
		{[]string{a, b, c}, "cuda", cuda},
		{[]string{a, b, c}, "tpu", tpu},
		{[]string{a}, "cpu", ""},
		{[]string{filepath.Join(a, "none")}, "cpu", ""},
		{nil, "cpu", ""},
	} {
		if got, ok := Find(test.dirs, test.device); got != test.want || ok != (test.want != "") {
			t.Errorf("Find(%v, %s) = %q, %v; want %q", test.dirs, test.device, got, ok, test.want)
		}
	}
}

func TestDirs(t *testing.T) {
	t.Setenv(PathVariable, "/a::here:./there:/b")
	if got := Dirs(); !slices.Equal(got, []string{"/a", "/b"}) {
		t.Errorf("Dirs() = %v", got)
	}
	t.Setenv(PathVariable, "")
	if _, err := InstallDir(); err == nil {
		t.Error("an empty search path gives a directory to install to")
	}
	t.Setenv("HOME", "/home/user")
	if err := os.Unsetenv(PathVariable); err != nil { // t.Setenv above puts it back
		t.Fatal(err)
	}
	if got := Dirs(); !slices.Equal(got, []string{"/home/user/.local/lib/go-xla", "/usr/local/lib/go-xla"}) {
		t.Errorf("Dirs() = %v", got)
	}
}

func TestCachedSumFollowsTheFile(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	path := touch(t, t.TempDir(), "plugin.so")
	first, err := cachedSum(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(sumCachePath(path)); err != nil {
		t.Errorf("no sum is kept: %v", err)
	}
	if again, err := cachedSum(path); err != nil || again != first {
		t.Errorf("the kept sum %s differs from %s: %v", again, first, err)
	}
	if err := os.WriteFile(path, []byte("other and longer"), 0o644); err != nil {
		t.Fatal(err)
	}
	second, err := cachedSum(path)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := fileSum(path); err != nil || second != want {
		t.Errorf("after a change the sum is %s, want %s: %v", second, want, err)
	}
	if err := os.WriteFile(sumCachePath(path), []byte("{broken"), 0o644); err != nil {
		t.Fatal(err)
	}
	if third, err := cachedSum(path); err != nil || third != second {
		t.Errorf("a broken cache gives %s, %v", third, err)
	}
}
