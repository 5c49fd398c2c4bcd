// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"context"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/record"
)

// A batch is freed by the step after it, not when the garbage collector gets to it; the last one stays for the checkpoint.
func TestStepFreesThePreviousBatch(t *testing.T) {
	o := options(t, noise(t, 100, 8), 2)
	s, err := prepare(context.Background(), o, &listener{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.backend.Finalize()
	run, err := record.Create(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	r := &runner{session: s, run: run, saved: -1, perEpoch: 2, total: 2}
	caught := backend.Catch(func() {
		if err = r.begin(context.Background()); err == nil {
			err = r.makeStep(func() (batch, error) { return gather(r.source.Train, first(o.BatchSize), r.vars.Config.DType), nil })
		}
	})
	if err = cmp.Or(caught, err); err != nil {
		t.Fatal(err)
	}
	previous := r.last
	if !previous.x.Ok() || !previous.y.Ok() {
		t.Error("the batch of the last step is gone")
	}
	if err := r.makeStep(func() (batch, error) { return gather(r.source.Train, first(o.BatchSize), r.vars.Config.DType), nil }); err != nil {
		t.Fatal(err)
	}
	if previous.x.Ok() || previous.y.Ok() || !r.last.x.Ok() {
		t.Error("the step before the last still holds its batch, or the last one does not")
	}
}
