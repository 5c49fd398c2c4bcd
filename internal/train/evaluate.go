// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/data"
	"revgn/internal/record"
)

// evalBatch is the number of samples that an evaluation passes at a time.
const evalBatch = 1000

// evaluate measures a whole set, every sample weighing once.
func (r *runner) evaluate(ctx context.Context, split string, set *data.Set) error {
	start := time.Now()
	dtype := r.vars.Config.DType
	var loss, hits float64
	for _, b := range data.EvalBatches(set.Len(), min(evalBatch, set.Len())) {
		if err := ctx.Err(); err != nil {
			return err
		}
		samples := gather(set, b.Index, dtype)
		weight := make([]float64, len(b.Weight))
		for i, w := range b.Weight {
			weight[i] = float64(w)
		}
		sums, _, err := numbers(r.device.eval, samples.x, samples.y, tensors.FromFlatDataAndDimensions(weight, len(weight)))
		if err != nil {
			return err
		}
		loss, hits = loss+sums[0], hits+sums[1]
	}
	n := float64(set.Len())
	return r.run.AppendEval(record.EvalRecord{
		Step: r.step, Epoch: r.epoch(), Split: split, Loss: record.Number(loss / n), Acc: record.Some(hits / n),
		Samples: set.Len(), Seconds: record.Some(time.Since(start).Seconds()),
	})
}

// evaluateAll measures the training set and the test set.
func (r *runner) evaluateAll(ctx context.Context) error {
	if err := r.evaluate(ctx, "train", r.source.Train); err != nil {
		return err
	}
	return r.evaluate(ctx, "test", r.source.Test)
}
