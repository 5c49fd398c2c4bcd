// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	progressAfter = 2 * time.Second  // a shorter download stays quiet
	progressEvery = 10 * time.Second // between two plain lines
)

// dataProgress shows how far a download is: a bar on a terminal, a plain line now
// and then elsewhere, nothing for one that is over at once.
type dataProgress struct {
	w        io.Writer
	terminal bool
	now      func() time.Time
	start    time.Time
	last     time.Time
	file     string
	bar      *progressbar.ProgressBar
}

func newDataProgress(w io.Writer) *dataProgress {
	f, ok := w.(*os.File)
	return &dataProgress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), now: time.Now, start: time.Now()}
}

// report is a data.GetOptions.Progress.
func (p *dataProgress) report(file string, done, total int64) {
	now := p.now()
	switch {
	case now.Sub(p.start) < progressAfter:
	case p.terminal:
		if p.bar == nil || p.file != file {
			p.file = file
			p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(file),
				progressbar.OptionShowBytes(true), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		// The bar is decoration: a terminal that refuses it must not end the download.
		_ = p.bar.Set64(done)
	case now.Sub(p.last) >= progressEvery:
		p.last = now
		fmt.Fprintf(p.w, "%s: %.1f of %.1f MB\n", file, float64(done)/1e6, float64(total)/1e6)
	}
}

// clear takes the bar off the terminal.
func (p *dataProgress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
