// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
