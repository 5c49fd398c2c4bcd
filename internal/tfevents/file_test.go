// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// samples has every kind of value, a number that is not finite, and texts that are no ASCII.
func samples() []Event {
	return []Event{
		{Time: start, Values: []Value{HParamsStart(start, map[string]any{"lr": 0.5, "carry": true, "optimizer": "gn"})}},
		{Time: start.Add(time.Second), Step: 1, Values: []Value{
			{Tag: "train/loss", Scalar: 2.25}, {Tag: "step/lr", Scalar: float32(math.NaN())},
			{Tag: "log10_sigma/block0.f", Kind: KindHistogram, Histogram: &Histogram{
				Min: -0.5, Max: 0.25, Num: 3, Sum: -0.5, SumSquares: 2, Limits: []float64{0, 0.5}, Counts: []float64{2, 1},
			}},
		}},
		{Time: start.Add(2 * time.Second), Step: 1 << 40, Values: []Value{{Tag: "event/warning", Kind: KindText, Text: "σ → 0"}}},
	}
}

func replace(t *testing.T, dir string, now time.Time, events ...Event) *File {
	t.Helper()
	f, err := Replace(dir, now, func(add func(Event) error) error {
		for _, e := range events {
			if err := add(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// only is the one event file of a directory, where nothing else is.
func only(t *testing.T, dir string) (name string, content []byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v (%v), want one file", entries, err)
	}
	content, err = os.ReadFile(filepath.Join(dir, entries[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	return entries[0].Name(), content
}

func same(t *testing.T, content []byte, want []Event) {
	t.Helper()
	got, cutShort, err := Read(bytes.NewReader(content))
	if err != nil || cutShort || len(got) == 0 || got[0].FileVersion != Version {
		t.Fatalf("cut short %v, %v: %+v", cutShort, err, got)
	}
	if diff := cmp.Diff(want, got[1:], cmpopts.EquateNaNs(), cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// RFC 3720, B.4: the CRC-32C of 32 zero bytes is 8a9136aa; TensorFlow's mask on it.
func TestMasked(t *testing.T) {
	crc := uint32(0x8a9136aa)
	if got, want := masked(make([]byte, 32)), (crc>>15|crc<<17)+0xa282ead8; got != want {
		t.Errorf("got %08x, want %08x", got, want)
	}
}

func TestReplaceAndAppend(t *testing.T) {
	dir, events := t.TempDir(), samples()
	f := replace(t, dir, start, events[0])
	for _, e := range events[1:] {
		if err := f.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	before, content := only(t, dir)
	same(t, content, events)
	// Anew, although the clock went back: one file, under a later name.
	replace(t, dir, start.Add(-time.Hour), events[2])
	after, content := only(t, dir)
	same(t, content, events[2:])
	if !(after > before) || !strings.Contains(after, "tfevents") {
		t.Errorf("%s in the place of %s", after, before)
	}
}

// What could not be written whole leaves the file that was there; what a kill left, and a link to elsewhere, are in nobody's way.
func TestReplaceFails(t *testing.T) {
	dir, events := t.TempDir(), samples()
	replace(t, dir, start, events...)
	before, content := only(t, dir)
	broken := errors.New("no more")
	if _, err := Replace(dir, start, func(func(Event) error) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if name, now := only(t, dir); name != before || !bytes.Equal(now, content) {
		t.Errorf("%s has changed", name)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, temporary)); err != nil {
		t.Skip(err)
	}
	replace(t, dir, start, events...)
	if b, err := os.ReadFile(victim); err != nil || string(b) != "mine" {
		t.Errorf("a file elsewhere became %q (%v)", b, err)
	}
	if _, content = only(t, dir); len(content) == 0 {
		t.Error("nothing was written")
	}
}

// Every way of cutting a file short, and every byte changed: whole records before it are read, and nothing wrong.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	replace(t, dir, start, samples()...)
	_, content := only(t, dir)
	whole, _, err := Read(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	last := len(content) - len(frame(samples()[2].encode()))
	for cut := range content {
		got, cutShort, err := Read(bytes.NewReader(content[:cut]))
		if err != nil || len(got) >= len(whole) || cut > last && (!cutShort || len(got) != len(whole)-1) {
			t.Fatalf("the first %d bytes: %d events, cut short %v, %v", cut, len(got), cutShort, err)
		}
	}
	for i := range content {
		damaged := bytes.Clone(content)
		damaged[i] ^= 0x10
		if got, _, err := Read(bytes.NewReader(damaged)); err == nil || !strings.Contains(err.Error(), "CRC") {
			t.Fatalf("byte %d changed: %d events, %v", i, len(got), err)
		}
	}
}

func FuzzRead(f *testing.F) {
	var content []byte
	for _, e := range samples() {
		content = append(content, frame(e.encode())...)
	}
	f.Add(content, []byte("\x0a\x05brain"))
	f.Fuzz(func(t *testing.T, file, payload []byte) {
		if _, _, err := Read(bytes.NewReader(file)); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %v", err)
		}
		// A message whose CRCs are right.
		if events, cutShort, err := Read(bytes.NewReader(frame(payload))); err == nil && (len(events) != 1 || cutShort) {
			t.Errorf("%d events, cut short %v", len(events), cutShort)
		}
	})
}
