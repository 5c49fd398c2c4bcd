// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"

	"revgn/internal/progress"
)

// drawEvery is how often a block is redrawn.
const drawEvery = 500 * time.Millisecond

// pace is what is told of work that goes on, and how often.
type pace struct {
	lookEvery   time.Duration
	look        func() // at what other processes did
	reportEvery time.Duration
	report      func()          // a line for files and machines
	block       func() []string // the lines of a terminal
}

// watch tells it on a board until stop is called.
func (p pace) watch(board *progress.Board) (stop func()) {
	over := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(drawEvery)
		defer tick.Stop()
		var looked, reported time.Duration
		for since := drawEvery; ; since += drawEvery {
			select {
			case <-over:
				board.Stop()
				return
			case <-tick.C:
			}
			if since-looked >= p.lookEvery {
				p.look()
				looked = since
			}
			if board.Live() {
				board.Draw(p.block())
			} else if since-reported >= p.reportEvery {
				p.report()
				reported = since
			}
		}
	})
	return func() { close(over); done.Wait() }
}
