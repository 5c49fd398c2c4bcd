// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"slices"
	"strings"
	"testing"

	"revgn/data"
	"revgn/internal/config"
)

// Inputs are the first batch of the first epoch where the data set has it, and random ones, which are told, elsewhere.
func TestInputs(t *testing.T) {
	c := tiny(config.GN)
	missing := c.Options
	missing.Dataset, missing.DataDir = "mnist", t.TempDir()
	full := c.Options
	full.FullBatch, full.BatchSize = true, 0
	for _, tt := range []struct {
		name           string
		o              config.Options
		random         bool
		width, atLeast int
		wantB, wantD   int
		note           string
	}{
		{"real", c.Options, false, 0, 0, 32, 64, ""},
		{"full batch", full, false, 0, 0, 1437, 64, ""},
		{"asked for", c.Options, true, 0, 0, 32, 64, "they are asked for"},
		{"width", c.Options, false, 20, 0, 32, 20, "a width is asked for"},
		{"too few in a sweep", c.Options, false, 0, 2000, 32, 64, "digits has 1437 training samples"},
		{"not there", missing, false, 0, 0, 32, 784, "revgn data get mnist"},
	} {
		l := library{random: tt.random, open: map[string]*data.Source{}}
		in, err := l.batch(t.Context(), tt.o, tt.width, tt.atLeast)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Y) != tt.wantB || in.Width != tt.wantD || len(in.X) != tt.wantB*tt.wantD || !strings.Contains(in.Note, tt.note) || (in.Note == "") != (tt.note == "") {
			t.Errorf("%s: B = %d, D = %d, note %q", tt.name, len(in.Y), in.Width, in.Note)
		}
		if slices.Max(in.Y) > 9 || slices.Min(in.Y) < 0 || in.Classes != 10 {
			t.Errorf("%s: labels %v of %d classes", tt.name, in.Y, in.Classes)
		}
	}
}
