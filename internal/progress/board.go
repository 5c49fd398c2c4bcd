// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Board tells how several things go at once: on a terminal a block of lines that is redrawn in place, below the lines that stay; in a file, a pipe or as JSON
// lines that stay alone. Its methods may be called from several goroutines.
type Board struct {
	mu    sync.Mutex
	w     io.Writer
	json  bool
	size  func() (columns, rows int) // nil where w is no terminal
	block []string                   // as drawn
}

// NewBoard returns the board that suits w.
func NewBoard(w io.Writer, json bool) *Board {
	b := &Board{w: w, json: json}
	if f, ok := w.(*os.File); ok && !json && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		b.size = func() (int, int) { return width(f), height(f) }
	}
	return b
}

// height returns the terminal's rows, 24 where it does not say.
func height(f *os.File) int {
	if _, rows, err := term.GetSize(int(f.Fd())); err == nil && rows > 0 {
		return rows
	}
	return 24
}

// Live says that the block is drawn.
func (b *Board) Live() bool { return b.size != nil }

// JSON says that lines are objects.
func (b *Board) JSON() bool { return b.json }

// Draw replaces the block. What is wider or higher than the terminal is left out, so that redrawing in place stays possible.
func (b *Board) Draw(block []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size == nil {
		return
	}
	b.draw("", block)
}

// Note prints a line that stays.
func (b *Board) Note(format string, a ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := oneLine(format, a...)
	switch {
	case b.json:
		(&lines{w: b.w}).object(map[string]any{"kind": "note", "text": text})
	case b.size == nil:
		fmt.Fprintln(b.w, text)
	default:
		b.draw(text+"\x1b[K\n", b.block)
	}
}

// Object prints a line for machines; others see nothing of it.
func (b *Board) Object(o map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.json {
		(&lines{w: b.w}).object(o)
	}
}

// Stop removes the block.
func (b *Board) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size != nil {
		b.draw("", nil)
	}
}

// draw goes to the top of the block, prints what stays, and the block below it, in one write.
func (b *Board) draw(stays string, block []string) {
	var out strings.Builder
	if n := len(b.block); n > 0 {
		fmt.Fprintf(&out, "\x1b[%dA\r", n)
	}
	out.WriteString(stays)
	columns, rows := b.size()
	b.block = block[:min(len(block), max(1, rows-1))]
	for _, line := range b.block {
		out.WriteString(clip(line, columns-1))
		out.WriteString("\x1b[K\n")
	}
	out.WriteString("\x1b[J") // what is left of a block that was higher
	io.WriteString(b.w, out.String())
}
