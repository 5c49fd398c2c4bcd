// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/memtest"
)

// FuzzWheel installs wheels from outside: whatever a wheel holds, nothing comes to lie anywhere but in the plugin directory, under the plugin's name.
func FuzzWheel(f *testing.F) {
	linuxOnly(f)
	for _, files := range []map[string][]byte{
		{"o/pjrt_c_api_cpu_plugin.so": fakeLibrary(f, "x"), "o/__init__.py": nil},
		{"../pjrt_c_api_cpu_plugin.so": fakeLibrary(f, "x")},
		{"a/libtpu.so": nil, "b/libtpu.so": nil},
	} {
		wheel, _ := fakeWheel(f, "other-2.0-py3-none-any.whl", files)
		raw, err := os.ReadFile(wheel)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(raw[:len(raw)-10])
	}
	outside := f.TempDir()
	dir, wheel := filepath.Join(outside, "plugins"), filepath.Join(outside, "other-2.0-py3-none-any.whl")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(wheel, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		memtest.Within(t, func() { installInto(t, dir, wheel) })
		if got := names(t, outside); got != "other-2.0-py3-none-any.whl plugins" {
			t.Fatalf("the directory above holds %s", got)
		}
	})
}

func installInto(t *testing.T, dir, wheel string) {
	_, _, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: dir, FromWheel: wheel, AllowUnverified: true})
	switch got := names(t, dir); {
	case err == nil && got != complete:
		t.Fatalf("the directory holds %s, want %s", got, complete)
	case err != nil && got != complete && got != ".revgn-install.lock":
		t.Fatalf("a refused wheel left %s", got)
	case err != nil && strings.Contains(err.Error(), "\n"):
		t.Errorf("more than one line: %q", err)
	}
}

// FuzzReceipt feeds receipts that someone edited.
func FuzzReceipt(f *testing.F) {
	f.Add([]byte(`{"sha256":"` + strings.Repeat("0", 64) + `"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "p.so")
		if err := os.WriteFile(receiptPath(path), raw, 0o644); err != nil {
			t.Fatal(err)
		}
		if r, err := readReceipt(path); err == nil && len(r.SHA256) != 64 {
			t.Errorf("a receipt without a sum is read: %+v", r)
		}
	})
}
