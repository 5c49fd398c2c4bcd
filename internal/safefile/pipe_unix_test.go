// SPDX-License-Identifier: Apache-2.0

//go:build unix

package safefile

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opening a named pipe that nobody writes to would wait for ever.
func TestPipeIsRefused(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(pipe); err == nil || !strings.Contains(err.Error(), "a named pipe") {
		t.Errorf("got %v", err)
	}
	if err := CheckTree(dir); err == nil || !strings.Contains(err.Error(), "a named pipe") {
		t.Errorf("got %v", err)
	}
}
