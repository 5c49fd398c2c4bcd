// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fakeLibrary is a file that passes for a PJRT plugin of this machine: an ELF header and the name of the function.
func fakeLibrary(t testing.TB, body string) []byte {
	t.Helper()
	machine := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	h := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1, Ehsize: 64}
	copy(h.Ident[:], []byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1})
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, h); err != nil {
		t.Fatal(err)
	}
	b.WriteString(body + "GetPjrtApi\x00")
	return b.Bytes()
}

// fakeWheel writes a wheel with the given files and returns its path and its pin.
func fakeWheel(t testing.TB, name string, files map[string][]byte) (string, Wheel) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for member, content := range files {
		f, err := z.Create(member)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return path, Wheel{Package: "fake-plugin", Version: "1.0", Member: "plugin.so", License: "none", SHA256: hex.EncodeToString(sum[:])}
}

func goodWheel(t testing.TB) (string, Wheel) {
	return fakeWheel(t, "fake_plugin-1.0-py3-none-any.whl", map[string][]byte{
		"fake_plugin/plugin.so": fakeLibrary(t, "first"), "fake_plugin/__init__.py": nil})
}

func linuxOnly(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("plugins are installed on linux only")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

// names lists what dir holds, for comparing with complete: plugin, receipt, lock, nothing half-made.
func names(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var s []string
	for _, e := range entries {
		s = append(s, e.Name())
	}
	return strings.Join(s, " ")
}

const complete = ".revgn-install.lock pjrt_c_api_cpu_plugin.so pjrt_c_api_cpu_plugin.so.json"
