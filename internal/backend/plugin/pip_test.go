// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

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
