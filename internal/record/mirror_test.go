// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// glass keeps the lines that it is told of, and sees that each stands in metrics.jsonl by then.
type glass struct {
	t     *testing.T
	run   *Run
	lines []Line
	err   error
}

func (g *glass) Append(l Line) error {
	g.lines = append(g.lines, l)
	if written := lines(g.t, g.run); len(written) != len(g.lines) {
		g.t.Errorf("told of line %d where %d are written", len(g.lines), len(written))
	}
	return g.err
}

func sameNumber(a, b Number) bool { return a == b || a != a && b != b }

// A mirror is told of every line in order, those that the package writes itself included, and EachLine has the same.
func TestMirror(t *testing.T) {
	r := create(t)
	g := &glass{t: t, run: r}
	r.SetMirror(g)
	bad := gnStep(2)
	bad.Loss = Number(math.Inf(1))
	for _, err := range []error{
		r.AppendEval(EvalRecord{Split: "test", Loss: 2, Acc: Some(0.5)}), r.AppendStep(gnStep(1)), r.AppendProbe(gnProbe()), r.AppendStep(bad),
		r.AppendEvent(EventRecord{Step: 2, Event: "warning", Message: "so"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(g.lines) != 6 || g.lines[4].Event == nil || g.lines[4].Event.Event != eventNonFinite {
		t.Fatalf("told of %d lines, want 5 and the one of a number that is not finite", len(g.lines))
	}
	path := filepath.Join(r.Dir(), metricsFile)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("{\"kind\":\"later\",\"step\":3}\n{\"kind\":\"step\",\"st"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	var read []Line
	if err := EachLine(r.Dir(), func(l Line) error { read = append(read, l); return nil }); err != nil {
		t.Fatal(err)
	}
	g.lines[3].Step.Loss = Number(math.NaN()) // null in the file
	if diff := cmp.Diff(g.lines, read, cmp.Comparer(sameNumber)); diff != "" {
		t.Errorf("(-told +read):\n%s", diff)
	}
}

// What a mirror cannot write ends the call in one line that names the file; the line itself is written.
func TestMirrorFails(t *testing.T) {
	r := create(t)
	r.SetMirror(&glass{t: t, run: r, err: &os.PathError{Op: "write", Path: "/runs/a/events", Err: syscall.ENOSPC}})
	wantError(t, r.AppendStep(gnStep(1)), "cannot write /runs/a/events: no space left on device (free some space")
	r.SetMirror(nil)
	if err := r.AppendStep(gnStep(2)); err != nil || len(lines(t, r)) != 2 {
		t.Errorf("%v, lines %v", err, lines(t, r))
	}
	broken := os.ErrInvalid
	if err := EachLine(r.Dir(), func(Line) error { return broken }); err != broken {
		t.Errorf("got %v, want the caller's own error", err)
	}
	if err := os.WriteFile(filepath.Join(r.Dir(), metricsFile), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := EachLine(r.Dir(), func(Line) error { return nil })
	if err == nil || !strings.Contains(err.Error(), metricsFile+":1: a line without \"kind\"") {
		t.Errorf("got %v", err)
	}
}

// Every number falls into the bin that its edges say.
func TestLogCounts(t *testing.T) {
	if c := NewLogCounts(nil); c != nil {
		t.Errorf("got %+v of nothing", c)
	}
	values := []float64{0.5, 1, 1.2, 2, 1000, 3e-8}
	c := NewLogCounts(values)
	counts := make([]int, len(c.Counts))
	for _, v := range values {
		for i := range counts {
			if l := math.Log10(v); c.Edge(i) <= l && l < c.Edge(i+1) {
				counts[i]++
			}
		}
	}
	if diff := cmp.Diff(counts, c.Counts); diff != "" || counts[0] != 1 || counts[len(counts)-1] != 1 || c.First != -76 {
		t.Errorf("first %d (-want +got):\n%s", c.First, diff)
	}
}
