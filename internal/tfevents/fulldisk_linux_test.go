// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full ends an event file with a whole record, and leaves it in its place where a new one has no room.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small file system needs root and the right to mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	f := replace(t, disk, start)
	event := Event{Time: start, Values: []Value{{Tag: "event/warning", Kind: KindText, Text: strings.Repeat("x", 1000)}}}
	var want []Event
	err := f.Append(event)
	for ; err == nil; err = f.Append(event) {
		want = append(want, event)
	}
	if !errors.Is(err, syscall.ENOSPC) || len(want) < 40 {
		t.Fatalf("%v after %d events", err, len(want))
	}
	_, content := only(t, disk)
	same(t, content, want)
	_, err = Replace(disk, start, func(add func(Event) error) error { return add(event) })
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	_, content = only(t, disk)
	same(t, content, want)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
