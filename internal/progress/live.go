// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"fmt"
	"io"
	"sync"

	"revgn/internal/number"
)

// live redraws one line. `\r` and "erase to end of line" are all the control it
// needs; errors of a terminal that went away are not worth ending a run for.
type live struct {
	mu     sync.Mutex
	w      io.Writer
	pace   pace
	scores pace
	width  func() int
	shown  bool    // a line stands without its newline
	text   string  // the newest status
	held   *Scores // the newest scores, when they were not printed
}

const eraseLine = "\r\x1b[K"

func (l *live) Start(total int, unit, what string) {
	l.Note("%s: %s", what, number.Plural(total, unit))
}

func (l *live) Step(s Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = line(s)
	if l.pace.pass() {
		l.draw(l.text)
	}
}

func (l *live) Doing(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draw(what + " ...")
}

func (l *live) Scores(s Scores) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.scores.pass() {
		l.held = &s
		return
	}
	l.held = nil
	l.note(scoresLine(s))
}

func (l *live) Note(format string, a ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(oneLine(format, a...))
}

// note clears the live line, prints, and draws the newest status again below.
func (l *live) note(text string) {
	if l.shown {
		fmt.Fprint(l.w, eraseLine)
	}
	fmt.Fprintln(l.w, text)
	if l.shown {
		l.draw(l.text)
	}
}

func (l *live) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held != nil {
		l.note(scoresLine(*l.held))
	}
	if l.shown || l.text != "" {
		l.draw(l.text)
	}
	if l.text != "" {
		fmt.Fprintln(l.w)
	}
	l.shown, l.text, l.held = false, "", nil
}

// draw leaves the last column empty: a full line would wrap on some terminals.
func (l *live) draw(text string) {
	fmt.Fprint(l.w, eraseLine, clip(text, l.width()-1))
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
