// SPDX-License-Identifier: Apache-2.0

package train

import (
	"errors"
	"slices"
	"testing"

	"revgn/data"
)

// Batches come in the order of the stream, each gathered once, and the next one while the caller has the one before.
func TestAhead(t *testing.T) {
	set := &data.Set{Y: make([]int32, 10)}
	want := &stream{set: set, seed: 7, size: 3}
	begun := make(chan pick, 10)
	a := &ahead{stream: &stream{set: set, seed: 7, size: 3}, left: 5, gather: func(p pick) (batch, error) {
		begun <- p
		return batch{}, nil
	}}
	for i := range 5 {
		if _, err := a.next(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			check(t, <-begun, want.next())
		}
		if i < 4 {
			check(t, <-begun, want.next()) // begun without being asked for
		}
	}
	if a.coming != nil || len(begun) > 0 {
		t.Error("a batch is gathered that no step asks for")
	}
}

func check(t *testing.T, got, want pick) {
	t.Helper()
	if got.epoch != want.epoch || !slices.Equal(got.idx, want.idx) {
		t.Errorf("gathered %v, want %v", got, want)
	}
}

// What goes wrong while a batch is gathered aside arrives with that batch.
func TestAheadFails(t *testing.T) {
	failed := errors.New("no batch")
	calls := 0
	a := &ahead{stream: &stream{set: &data.Set{Y: make([]int32, 4)}, size: 2}, left: 2, gather: func(pick) (batch, error) {
		if calls++; calls == 2 {
			return batch{}, failed
		}
		return batch{}, nil
	}}
	if _, err := a.next(); err != nil {
		t.Errorf("the first batch: %v", err)
	}
	if _, err := a.next(); !errors.Is(err, failed) {
		t.Errorf("the second batch: %v, want %v", err, failed)
	}
}
