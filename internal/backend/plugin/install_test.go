// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
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

func TestInstallFromPinnedWheel(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	dir := t.TempDir()
	path, r, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: dir, FromWheel: wheel, wheels: []Wheel{pin}})
	if err != nil {
		t.Fatal(err)
	}
	if found, ok := Find([]string{dir}, "cpu"); !ok || found != path {
		t.Errorf("Find gives %q, installed %q", found, path)
	}
	if !r.Pinned || r.Package != "fake-plugin" || r.WheelSHA256 != pin.SHA256 {
		t.Errorf("receipt %+v", r)
	}
	if sum, kept, err := Verify(path); err != nil || sum != r.SHA256 || *kept != *r {
		t.Errorf("Verify: %s, %+v, %v", sum, kept, err)
	}
	if got := names(t, dir); got != complete {
		t.Errorf("the directory holds %s, want %s", got, complete)
	}
	if err := os.WriteFile(path, fakeLibrary(t, "changed"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Verify(path); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("a changed plugin verifies: %v", err)
	}
}

func TestInstallFromUnknownWheel(t *testing.T) {
	linuxOnly(t)
	wheel, _ := fakeWheel(t, "other-2.0-py3-none-any.whl", map[string][]byte{"o/pjrt_c_api_cpu_plugin.so": fakeLibrary(t, "x")})
	o := InstallOptions{Device: "cpu", Dir: t.TempDir(), FromWheel: wheel}
	if _, _, err := Install(context.Background(), o); err == nil || !strings.Contains(err.Error(), "--allow-unverified") {
		t.Fatalf("an unknown wheel is taken: %v", err)
	}
	if got := names(t, o.Dir); got != ".revgn-install.lock" {
		t.Errorf("a refused wheel left %s", got)
	}
	o.AllowUnverified = true
	_, r, err := Install(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Pinned || r.Package != "other" || r.Version != "2.0" {
		t.Errorf("receipt %+v", r)
	}
}

func TestInstallRefusesAndKeeps(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	foreign := fakeLibrary(t, "")
	foreign[18] = byte(elf.EM_RISCV)
	write := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, emptyPin := fakeWheel(t, "e-1-py3-none-any.whl", nil)
	twice, twicePin := fakeWheel(t, "t-1-py3-none-any.whl", map[string][]byte{"a/plugin.so": nil, "b/plugin.so": nil})
	whole, err := os.ReadFile(wheel)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		o    InstallOptions
		want string
	}{
		"no such wheel":     {InstallOptions{FromWheel: "/nowhere.whl"}, "cannot read the wheel"},
		"truncated wheel":   {InstallOptions{FromWheel: write("x-1-py3-none-any.whl", whole[:len(whole)/2]), AllowUnverified: true}, "not a wheel"},
		"empty wheel":       {InstallOptions{FromWheel: empty, wheels: []Wheel{emptyPin}}, "0 files named plugin.so"},
		"two in the wheel":  {InstallOptions{FromWheel: twice, wheels: []Wheel{twicePin}}, "2 files named plugin.so"},
		"no such library":   {InstallOptions{FromSO: "/nowhere.so"}, "cannot read --from-so"},
		"text as a library": {InstallOptions{FromSO: write("x.so", []byte("text"))}, "not a shared library"},
		"other processor":   {InstallOptions{FromSO: write("x.so", foreign)}, "this machine needs"},
		"other library":     {InstallOptions{FromSO: write("x.so", fakeLibrary(t, "")[:64])}, "GetPjrtApi"},
		"offline":           {InstallOptions{Offline: true, Force: true}, "--from-wheel"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, before, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: dir, FromWheel: wheel, wheels: []Wheel{pin}})
			if err != nil {
				t.Fatal(err)
			}
			test.o.Device, test.o.Dir = "cpu", dir
			if _, _, err := Install(context.Background(), test.o); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			} else if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			if _, r, err := Verify(path); err != nil || *r != *before {
				t.Errorf("what was there before: %+v, %v", r, err)
			}
			if got := names(t, dir); got != complete {
				t.Errorf("left %s, want %s", got, complete)
			}
		})
	}
}

func TestInstallClearsWhatAKillLeft(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	dir := t.TempDir()
	half := filepath.Join(dir, stagePrefix+"123")
	if err := os.Mkdir(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, FileName("cpu")), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := Find([]string{dir}, "cpu"); ok {
		t.Error("a half-made plugin is found")
	}
	if _, _, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: dir, FromWheel: wheel, wheels: []Wheel{pin}}); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != complete {
		t.Errorf("the directory holds %s, want %s", got, complete)
	}
}

// fakePip puts a pip first in PATH that copies a wheel and counts its calls, one line each.
func fakePip(t *testing.T, wheel string) (calls string) {
	t.Helper()
	bin := t.TempDir()
	calls = filepath.Join(bin, "calls")
	script := `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$@" >> '` + calls + `'
while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest="$2"; last="$1"; shift; done
case "$last" in
missing==*) echo "ERROR: No matching distribution found for $last" >&2; exit 1 ;;
esac
sleep 0.2
cp '` + wheel + `' "$dest/"
`
	if err := os.WriteFile(filepath.Join(bin, "pip"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return calls
}

func TestInstallWithPip(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	calls := fakePip(t, wheel)
	missing := Wheel{Package: "missing", Version: "1", Member: "plugin.so", SHA256: "00"}
	other := pin
	other.SHA256 = strings.Repeat("0", 64)
	ctx := context.Background()

	dir := t.TempDir()
	_, r, err := Install(ctx, InstallOptions{Device: "cpu", Dir: dir, wheels: []Wheel{missing, other, pin}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Source != "pip" || !r.Pinned || r.Package != pin.Package {
		t.Errorf("receipt %+v", r)
	}
	if _, _, err := Install(ctx, InstallOptions{Device: "cpu", Dir: dir, wheels: []Wheel{pin}}); err != nil {
		t.Fatal(err)
	}
	if n := countLines(t, calls); n != 3 {
		t.Errorf("pip downloaded %d times, want 3: two sources fail, the third is good, a second install has nothing to do", n)
	}
	_, _, err = Install(ctx, InstallOptions{Device: "cpu", Dir: t.TempDir(), wheels: []Wheel{missing, other}})
	if err == nil || !strings.Contains(err.Error(), "No matching distribution") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("both reasons have to be told: %v", err)
	}
}

func TestTwoInstallersAtOnce(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	calls := fakePip(t, wheel)
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, _, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: dir, wheels: []Wheel{pin}}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := countLines(t, calls); n != 1 {
		t.Errorf("4 installers downloaded %d times, want once", n)
	}
	if got := names(t, dir); got != complete {
		t.Errorf("the directory holds %s, want %s", got, complete)
	}
}

func TestInstallStops(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	fakePip(t, wheel)
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	logf := func(format string, _ ...any) {
		if strings.HasPrefix(format, "downloading") {
			cancel()
		}
	}
	if _, _, err := Install(ctx, InstallOptions{Device: "cpu", Dir: dir, wheels: []Wheel{pin}, Logf: logf}); err == nil {
		t.Error("a cancelled install succeeds")
	}
	if got := names(t, dir); got != ".revgn-install.lock" {
		t.Errorf("a cancelled install left %s", got)
	}
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(raw, []byte("\n"))
}

// TestInstallRealWheel installs a real pinned wheel: REVGN_TEST_WHEEL names the file.
func TestInstallRealWheel(t *testing.T) {
	linuxOnly(t)
	wheel := os.Getenv("REVGN_TEST_WHEEL")
	if wheel == "" {
		t.Skip("REVGN_TEST_WHEEL names no wheel")
	}
	path, r, err := Install(context.Background(), InstallOptions{Device: "cpu", Dir: t.TempDir(), FromWheel: wheel, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Pinned {
		t.Errorf("%s is not taken for a pinned wheel: %+v", wheel, r)
	}
	t.Logf("%s %s: plugin %s, SHA-256 %s", r.Package, r.Version, path, r.SHA256)
}
