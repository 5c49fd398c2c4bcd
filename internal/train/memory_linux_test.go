// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"fmt"
	"os"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/config"
)

// Nothing holds on to what a step used: 180 batches of 0.77 MB that stayed would take 138 MB. When each is freed is TestStepFreesThePreviousBatch's.
func TestMemoryDoesNotGrow(t *testing.T) {
	const features, allowed = 128, 64 << 20
	dataset := noise(t, 2000, features)
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		o := options(t, dataset, 200)
		o.Backend, o.Optimizer, o.LR, o.Hidden, o.BatchSize, o.EvalEvery = b.Kind, config.SGD, 1e-3, 8, 1500, 1000
		var early, late int
		ui := &listener{onStep: func(step int) {
			switch step {
			case 20:
				early = resident(t)
			case 200:
				late = resident(t)
			}
		}}
		if _, err := Run(context.Background(), o, ui, func(Plan) {}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d MB after 20 steps, %d MB after 200", early>>20, late>>20)
		if late-early > allowed {
			t.Errorf("memory grew by %d MB in 180 steps, allowed %d MB", (late-early)>>20, allowed>>20)
		}
	})
}

// resident is the memory that the process holds.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
