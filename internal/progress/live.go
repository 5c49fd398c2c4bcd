// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"fmt"
	"io"
	"sync"
)

// live redraws one line. `\r` and "erase to end of line" are all the control it
// needs; errors of a terminal that went away are not worth ending a run for.
type live struct {
	mu    sync.Mutex
	w     io.Writer
	pace  pace
	width func() int
	shown bool   // a line stands without its newline
	text  string // the newest line
}

const eraseLine = "\r\x1b[K"

func (l *live) Start(total int, what string) {
	l.Note("%s: %d steps", what, total)
}

func (l *live) Step(s Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = line(s)
	if l.pace.pass() {
		l.draw()
	}
}

// Note clears the live line, prints, and draws the live line again below.
func (l *live) Note(format string, a ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.w, eraseLine)
	}
	fmt.Fprintln(l.w, oneLine(format, a...))
	if l.shown {
		l.draw()
	}
}

func (l *live) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != "" {
		l.draw()
		fmt.Fprintln(l.w)
	}
	l.shown, l.text = false, ""
}

// draw leaves the last column empty: a full line would wrap on some terminals.
func (l *live) draw() {
	fmt.Fprint(l.w, eraseLine, clip(l.text, l.width()-1))
	l.shown = true
}

// clip cuts s to n columns; the text is made of one-column letters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(n, 0)])
}
