// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/data"
	"revgn/internal/devices"
	"revgn/internal/record"
)

// evalBatch is the number of samples that an evaluation passes at a time.
const evalBatch = 1000

// evaluate measures a whole set, every sample weighing once, and records it.
func (r *runner) evaluate(ctx context.Context, split string, set *data.Set) (loss, acc float64, err error) {
	start := time.Now()
	var hits float64
	for _, b := range data.EvalBatches(set.Len(), min(evalBatch, set.Len())) {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		sums, err := r.evaluateBatch(set, b)
		if err != nil {
			return 0, 0, err
		}
		loss, hits = loss+sums[0], hits+sums[1]
	}
	n := float64(set.Len())
	loss, acc = loss/n, hits/n
	return loss, acc, r.run.AppendEval(record.EvalRecord{
		Step: r.step, Epoch: r.epoch(), Split: split, Loss: record.Number(loss), Acc: record.Some(acc),
		Samples: set.Len(), Seconds: record.Some(time.Since(start).Seconds()),
	})
}

// evaluateBatch returns the weighted sums of losses and hits.
func (r *runner) evaluateBatch(set *data.Set, b data.EvalBatch) ([]float64, error) {
	samples := gather(set, b.Index, r.vars.Config.DType)
	weights := make([]float64, len(b.Weight))
	for i, w := range b.Weight {
		weights[i] = float64(w)
	}
	weight := tensors.FromFlatDataAndDimensions(weights, len(weights))
	sums, _, err := numbers(r.device.eval, samples.x, samples.y, weight)
	if err != nil {
		return nil, err
	}
	return sums, devices.Free(samples.x, samples.y, weight)
}
