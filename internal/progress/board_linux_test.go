// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"strings"
	"testing"
)

// screen is what a terminal of the sequences that a Board writes shows in the end.
func screen(text string) []string {
	lines, row := []string{""}, 0
	text = strings.NewReplacer("\r\n", "\n", "\x1b[J", "\v", "\x1b[K", "\f").Replace(text)
	for len(text) > 0 {
		switch c := text[0]; {
		case c == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
		case c == '\r', c == '\f':
		case c == '\v':
			lines = append(lines[:row], "")
		case strings.HasPrefix(text, "\x1b["):
			up := text[2] - '0'
			row -= int(up)
			text = text[3:]
		default:
			end := strings.IndexAny(text, "\n\r\v\f\x1b")
			lines[row] = text[:end]
			text = text[end:]
			continue
		}
		text = text[1:]
	}
	return lines
}

// The block stands below what stays, however its height changes, and is gone in the end.
func TestBoardOnTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	outer, inner := openTerminal(t, 20)
	b := NewBoard(inner, false)
	if !b.Live() {
		t.Fatal("it takes a terminal for a file")
	}
	var out strings.Builder
	show := func(do func()) []string {
		do()
		inner.WriteString("\x00")
		buffer := make([]byte, 4096)
		for !strings.HasSuffix(out.String(), "\x00") {
			n, err := outer.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(buffer[:n])
		}
		text := strings.TrimSuffix(out.String(), "\x00")
		out.Reset()
		out.WriteString(text)
		return screen(text)
	}
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() { b.Draw([]string{"a", "b"}) }, "a|b|"},
		{func() { b.Note("stays") }, "stays|a|b|"},
		{func() { b.Draw([]string{strings.Repeat("x", 30)}) }, "stays|xxxxxxxxxxxxxxxxxxx|"},
		{func() { b.Draw([]string{"1", "2", "3"}) }, "stays|1|2|3|"},
		{func() { b.Object(map[string]any{"kind": "x"}) }, "stays|1|2|3|"},
		{func() { b.Note("two\nlines") }, "stays|two lines|1|2|3|"},
		{func() { b.Stop() }, "stays|two lines|"},
	} {
		if got := strings.Join(show(c.do), "|"); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// In files there is no block, and for machines all is JSON.
func TestBoardElsewhere(t *testing.T) {
	var out strings.Builder
	b := NewBoard(&out, false)
	b.Draw([]string{"a"})
	b.Note("n %d", 1)
	b.Object(map[string]any{"kind": "x"})
	b.Stop()
	if out.String() != "n 1\n" {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	b = NewBoard(&out, true)
	b.Draw([]string{"a"})
	b.Note("n")
	b.Object(map[string]any{"kind": "x"})
	b.Stop()
	if out.String() != "{\"kind\":\"note\",\"text\":\"n\"}\n{\"kind\":\"x\"}\n" {
		t.Errorf("%q", out.String())
	}
}
