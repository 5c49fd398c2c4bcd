// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"
)

// lines prints whole lines, text or JSON, for files, pipes and machines.
type lines struct {
	mu   sync.Mutex
	w    io.Writer
	pace pace
	json bool
	held *Status // the newest status, when it was not printed
}

func (l *lines) Start(total int, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.object(map[string]any{"kind": "start", "steps": total, "name": what})
		return
	}
	fmt.Fprintf(l.w, "%s: %d steps\n", what, total)
}

func (l *lines) Step(s Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.pace.pass() {
		l.held = &s
		return
	}
	l.print(s)
}

func (l *lines) Note(format string, a ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.object(map[string]any{"kind": "note", "text": oneLine(format, a...)})
		return
	}
	fmt.Fprintln(l.w, oneLine(format, a...))
}

func (l *lines) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held != nil {
		l.print(*l.held)
	}
}

func (l *lines) print(s Status) {
	l.held = nil
	if !l.json {
		fmt.Fprintln(l.w, line(s))
		return
	}
	l.object(map[string]any{
		"kind": "progress", "epoch": s.Epoch, "epochs": s.Epochs, "step": s.Step, "steps": s.Steps,
		"loss": number(s.Loss), "acc": number(s.Acc), "cert": number(s.Cert),
		"steps_per_second": number(s.StepsPerSecond), "left_seconds": s.Left.Seconds(),
	})
}

// object writes one line; the values above always encode.
func (l *lines) object(o map[string]any) {
	text, err := json.Marshal(o)
	if err != nil {
		text = []byte(`{"kind":"note","text":"progress did not encode"}`)
	}
	fmt.Fprintf(l.w, "%s\n", text)
}

// number returns null for what JSON has no number for.
func number(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return x
}
