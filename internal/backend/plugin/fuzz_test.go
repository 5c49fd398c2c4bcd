// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzUnpack feeds wheels from outside to the reader: it returns a file of the wheel or an error, and nothing else.
func FuzzUnpack(f *testing.F) {
	wheel, _ := goodWheel(f)
	good, err := os.ReadFile(wheel)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "plugin.so")
	f.Add(good, "")
	f.Add(good[:len(good)-10], "plugin.so")
	f.Fuzz(func(t *testing.T, raw []byte, member string) {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.whl")
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out.so")
		if unpack(path, member, out) == nil {
			if _, err := os.Stat(out); err != nil {
				t.Error(err)
			}
			_ = checkLibrary(out) // must not panic
		}
	})
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
