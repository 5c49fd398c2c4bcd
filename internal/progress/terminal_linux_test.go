// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal returns both ends of a pseudo-terminal of the given width.
func openTerminal(t *testing.T, columns int) (outer, inner *os.File) {
	t.Helper()
	outer, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { outer.Close() })
	fd := int(outer.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	inner, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { inner.Close() })
	if err := unix.IoctlSetWinsize(int(inner.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	return outer, inner
}

// On a real terminal New chooses the live line and clips it to the real width.
func TestTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	outer, inner := openTerminal(t, 40)
	r := New(inner, false)
	if _, ok := r.(*live); !ok {
		t.Fatalf("got %T", r)
	}
	r.Step(status(1))
	r.Stop()
	buffer := make([]byte, 4096)
	n, err := outer.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(string(buffer[:n]), eraseLine), "\r")
	if want := line(status(1))[:39]; first != want {
		t.Errorf("got %q, want %q", first, want)
	}
	if _, ok := New(inner, true).(*lines); !ok {
		t.Error("JSON was asked for")
	}
	t.Setenv("TERM", "dumb")
	if _, ok := New(inner, false).(*lines); !ok {
		t.Error("a dumb terminal cannot redraw")
	}
}
