// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"strings"
	"testing"
)

// A phase whose time is below 0 is explained, and only then.
func TestPhaseTable(t *testing.T) {
	for _, seconds := range []float64{1e-3, -1e-6} {
		r := Result{Phases: []Phase{{"forward", Spread{Median: 2e-3}, 10}, {update, Spread{Median: seconds}, 0}}}
		text := strings.Join(phaseTable(r), "\n")
		if strings.Contains(text, "below 0: ") != (seconds < 0) || !strings.Contains(text, update) {
			t.Errorf("%g seconds:\n%s", seconds, text)
		}
	}
}
