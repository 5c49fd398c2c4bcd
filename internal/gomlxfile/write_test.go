// SPDX-License-Identifier: Apache-2.0

package gomlxfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/npy"
)

// What GoMLX could not read is refused before anything is written. That it reads the rest is tested where the command is, in cmd/revgn.
func TestWriteDirRefuses(t *testing.T) {
	for want, c := range map[string]Checkpoint{
		"3 values, want 4 for shape [2 2]": {Variables: []npy.Array{{Name: "/net/x", Shape: []int{2, 2}, Data: []float32{1, 2, 3}}}},
		"/net/x holds []uint8":             {Variables: []npy.Array{{Name: "/net/x", Shape: []int{1}, Data: []uint8{1}}}},
		"hidden has type int64":            {Params: []Param{{Scope: "/net", Key: "hidden", Value: int64(3)}}},
	} {
		base := t.TempDir()
		err := WriteDir(filepath.Join(base, "out"), c)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want one line with %q", err, want)
		}
		if entries, err := os.ReadDir(base); err != nil || len(entries) > 0 {
			t.Errorf("%s: left %v, %v", want, entries, err)
		}
	}
}
