// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"revgn/internal/number"
)

// lines prints whole lines, text or JSON, for files, pipes and machines.
type lines struct {
	mu         sync.Mutex
	w          io.Writer
	pace       pace
	doing      pace
	scores     pace // unlimited for JSON
	json       bool
	held       *Status // the newest status, when it was not printed
	heldScores *Scores // the same of the newest scores
}

func (l *lines) Start(total int, unit, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.object(map[string]any{"kind": "start", "steps": total, "name": what})
		return
	}
	fmt.Fprintf(l.w, "%s: %s\n", what, number.Plural(total, unit))
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

func (l *lines) Doing(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.doing.pass():
	case l.json:
		l.object(map[string]any{"kind": "doing", "text": what})
	default:
		fmt.Fprintln(l.w, what+" ...")
	}
}

func (l *lines) Scores(s Scores) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.json:
		l.object(map[string]any{
			"kind": "eval", "epoch": s.Epoch, "step": s.Step, "train_loss": number.Number(s.TrainLoss), "train_acc": number.Number(s.TrainAcc),
			"test_loss": number.Number(s.TestLoss), "test_acc": number.Number(s.TestAcc),
		})
	case l.scores.pass():
		l.heldScores = nil
		fmt.Fprintln(l.w, scoresLine(s))
	default:
		l.heldScores = &s
	}
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
	if l.heldScores != nil {
		fmt.Fprintln(l.w, scoresLine(*l.heldScores))
		l.heldScores = nil
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
		"loss": number.Number(s.Loss), "acc": number.Number(s.Acc), "cert": number.Number(s.Cert),
		"steps_per_second": number.Number(s.StepsPerSecond), "left_seconds": s.Left.Seconds(),
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
