// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/backend/plugin"
)

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"": true, "auto": true, "go": true, "xla:cpu": true, "xla:cuda": true, "xla:tpu": true, "./p.so": true, "/a/b": true, "p.so": true,
		"cpu": false, "xla": false, "XLA:CPU": false, "go:ops_parallel": false, "xla:cpu,tf32": false, " go": false,
	} {
		err := CheckName(name)
		if (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v, want ok %v", name, err, ok)
		}
		if err != nil && !strings.Contains(err.Error(), "xla:cuda") {
			t.Errorf("%q does not list what is allowed", err)
		}
	}
}

func TestPathKind(t *testing.T) {
	for path, want := range map[string]string{
		"/x/pjrt_c_api_cpu_plugin.so": "xla:cpu", "/cpu/pjrt_c_api_cuda_plugin.so": "xla:cuda", "libtpu.so": "xla:tpu", "/cpu/x.so": "xla:plugin",
	} {
		if got := pathKind(path); got != want {
			t.Errorf("pathKind(%s) = %s, want %s", path, got, want)
		}
	}
}

func TestCheckPath(t *testing.T) {
	dir := t.TempDir()
	file := func(parts ...string) string {
		path := filepath.Join(append([]string{dir}, parts...)...)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ path, kind, want string }{
		{file("ok", "cpu.so"), "xla:cpu", ""},
		{file("cuda", "cuda.so"), "xla:cuda", ""},
		{file("cuda", "cpu.so"), "xla:cpu", "move the plugin"},
		{file("a,b", "cpu.so"), "xla:cpu", "comma"},
		{dir, "xla:cpu", "not a file"},
		{filepath.Join(dir, "none.so"), "xla:cpu", "no plugin at"},
	} {
		_, err := checkPath(test.path, test.kind)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("checkPath(%s, %s) = %v, want %q", test.path, test.kind, err, test.want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	t.Setenv(plugin.PathVariable, t.TempDir())
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Name: "torch"}, "allowed are auto, go"},
		{Options{Name: "go", Devices: -1}, "at least 1"},
		{Options{Name: "xla:cuda"}, "--backend go"},
		{Options{Name: filepath.Join(t.TempDir(), "none.so")}, ""},
	} {
		_, err := Open(t.Context(), test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%+v): %v, want one line with %q", test.o, err, test.want)
		}
	}
}

func TestOffline(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "false": false, "1": true, "yes": true} {
		t.Setenv(OfflineVariable, value)
		if Offline() != want {
			t.Errorf("%s=%q: %v, want %v", OfflineVariable, value, !want, want)
		}
	}
}
