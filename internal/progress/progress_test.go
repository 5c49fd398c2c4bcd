// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// clock is a time that the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func status(step int) Status {
	return Status{Epoch: 1 + (step-1)/3, Epochs: 20, Step: step, Steps: 60, Loss: 0.5, Acc: 0.9, Cert: 3e-7, StepsPerSecond: 12.5, Left: 75 * time.Second}
}

func TestLine(t *testing.T) {
	for _, c := range []struct {
		s    Status
		want string
	}{
		{status(4), "epoch 2/20  step 4/60  loss 0.5  acc 0.9000  cert 3.0e-07  12.5 steps/s  1:15 left"},
		{Status{Step: 1, Steps: 5, Loss: math.NaN(), Acc: math.NaN(), Cert: math.NaN()}, "step 1/5"},
		{Status{Step: 1, Steps: 5, Loss: math.Inf(1), Acc: 1, Cert: math.NaN(), Left: 2 * time.Hour}, "step 1/5  loss +Inf  acc 1.0000  2:00:00 left"},
	} {
		if got := line(c.s); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// A file gets whole lines, now and then, and no control sequence.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	r := New(f, false)
	r.Start(60, "step", "digits")
	for i := 1; i <= 60; i++ {
		r.Step(status(i))
	}
	r.Note("saved %s\nhere", "x")
	r.Stop()
	f.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`[^\n -~]`).Match(text) {
		t.Errorf("control characters in %q", text)
	}
	got := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(got) != 4 || got[0] != "digits: 60 steps" || !strings.Contains(got[1], "step 1/60") || got[2] != "saved x here" || !strings.Contains(got[3], "step 60/60") {
		t.Errorf("got %q", got)
	}
}

func TestPlainPace(t *testing.T) {
	var b bytes.Buffer
	c := &clock{time.Unix(1000, 0)}
	r := &lines{w: &b, pace: pace{now: c.now, every: plainPace}}
	for i := 1; i <= 60; i++ {
		r.Step(status(i))
		c.t = c.t.Add(time.Second)
	}
	r.Stop()
	if got := strings.Count(b.String(), "\n"); got != 7 { // at 0, 10, ... 50 s, and the last
		t.Errorf("%d lines in a minute, want 7:\n%s", got, b.String())
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	r := New(&b, true)
	r.Start(2, "step", "x")
	s := status(1)
	s.Cert, s.Loss = math.NaN(), math.Inf(1)
	r.Step(s)
	r.Note("a\nb")
	r.Step(status(2))
	r.Stop()
	var kinds []string
	for _, text := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		var o map[string]any
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		kinds = append(kinds, o["kind"].(string))
		if o["kind"] == "progress" && o["step"] == 1.0 && (o["cert"] != nil || o["loss"] != nil) {
			t.Errorf("not null: %v", o)
		}
	}
	if got := strings.Join(kinds, " "); got != "start progress note progress" {
		t.Errorf("got %s", got)
	}
}

// The live line is redrawn in place, never wider than the terminal, at most ten
// times a second, and notes stay above it.
func TestLive(t *testing.T) {
	var b bytes.Buffer
	c := &clock{time.Unix(1000, 0)}
	r := &live{w: &b, pace: pace{now: c.now, every: livePace}, width: func() int { return 30 }}
	r.Start(60, "step", "digits")
	for i := 1; i <= 60; i++ {
		r.Step(status(i))
		c.t = c.t.Add(10 * time.Millisecond)
	}
	r.Note("saved")
	r.Stop()
	drawn := strings.Split(b.String(), eraseLine)
	if want := 1 + 6 + 2 + 1; len(drawn) != want { // start, six redraws, erase and redraw round the note, the last
		t.Errorf("%d pieces, want %d: %q", len(drawn), want, drawn)
	}
	for _, d := range drawn[1:] {
		if text := strings.TrimSuffix(d, "\n"); len(text) > 29 || strings.ContainsAny(text, "\n\r\x1b") {
			t.Errorf("piece %q", d)
		}
	}
	if !strings.Contains(b.String(), eraseLine+"saved\n") || !strings.HasSuffix(b.String(), "\n") {
		t.Errorf("got %q", b.String())
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 5, "abc"}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"abc", 0, ""}, {"abc", -1, ""}, {"äöü", 2, "äö"}} {
		if got := clip(c.s, c.n); got != c.want {
			t.Errorf("clip(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

// Results of evaluations come at most once a second and the last one always; what takes long is told and gives way.
func TestScoresAndDoing(t *testing.T) {
	for name, terminal := range map[string]bool{"terminal": true, "file": false} {
		var b bytes.Buffer
		c := &clock{time.Unix(1000, 0)}
		every := func(d time.Duration) pace { return pace{now: c.now, every: d} }
		var r Reporter = &lines{w: &b, pace: every(plainPace), doing: every(plainPace), scores: every(scoresPace)}
		if terminal {
			r = &live{w: &b, pace: every(livePace), scores: every(scoresPace), width: func() int { return 80 }}
		}
		r.Doing("compiling")
		r.Scores(Scores{TestLoss: 2.5, TestAcc: 0.1, TrainLoss: math.NaN(), TrainAcc: math.NaN()})
		for i := 1; i <= 25; i++ {
			r.Step(status(i))
			r.Scores(Scores{Epoch: float64(i), Step: i, TrainLoss: 0.5, TrainAcc: 0.75, TestLoss: 1.5, TestAcc: 0.25})
			c.t = c.t.Add(100 * time.Millisecond)
		}
		r.Stop()
		text := b.String()
		if !strings.Contains(text, "compiling ...") || !strings.Contains(text, "initial network:  test loss 2.5 acc 0.1000\n") {
			t.Errorf("%s: got %q", name, text)
		}
		if want := "step 25 (25 epochs):  train loss 0.5 acc 0.7500  test loss 1.5 acc 0.2500\n"; !strings.Contains(text, want) {
			t.Errorf("%s: %q is not in %q", name, want, text)
		}
		if got := strings.Count(text, "test loss"); got != 4 { // at 0 s, 1 s, 2 s, and the last
			t.Errorf("%s: %d results in 2.4 s, want 4: %q", name, got, text)
		}
	}
}

// Machines get every result.
func TestScoresJSON(t *testing.T) {
	var b bytes.Buffer
	r := New(&b, true)
	for i := range 5 {
		r.Scores(Scores{Step: i, TrainLoss: math.NaN(), TestAcc: 0.5})
	}
	r.Doing("compiling")
	r.Stop()
	if got := strings.Count(b.String(), `"kind":"eval"`); got != 5 || !strings.Contains(b.String(), `"train_loss":null`) || !strings.Contains(b.String(), `"kind":"doing"`) {
		t.Errorf("got %s", b.String())
	}
}
