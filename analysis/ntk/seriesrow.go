// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"math"

	"revgn/internal/number"
)

// row says of a checkpoint what there is to say.
func (s *Series) row(ctx context.Context, now state) (Row, error) {
	if s.exact == nil {
		return s.estimatedRow(now)
	}
	k := now.kernel
	toStart, err := Compare(s.start.kernel, k)
	if err != nil {
		return Row{}, err
	}
	norm, centred := k.Norms()
	trace := k.Trace()
	row := Row{
		Estimator: ExactEstimator, Trace: exactly(trace), Norm: exactly(norm), NormCentred: exactly(centred),
		Alignment: exactly(toStart.Alignment), Centred: exactly(toStart.Centred), Change: exactly(toStart.Change),
		Label: exactly(k.LabelAlignment(s.probe.Y)), Participation: exactly(trace * trace / norm / norm), Shares: k.Shares(),
	}
	if s.before.known {
		fromBefore, err := Compare(s.before.kernel, k)
		if err != nil {
			return row, err
		}
		row.Velocity = s.velocity(now, exactly(fromBefore.Centred), exactly(fromBefore.Change))
	}
	if s.options.Spectrum != NoSpectrum {
		spectrum, err := k.Spectrum(ctx, s.options.Spectrum, s.report("spectrum"))
		if err != nil {
			return row, err
		}
		row.Spectrum = &spectrum
	}
	return row, nil
}

func (s *Series) estimatedRow(now state) (Row, error) {
	e, err := Estimate(s.start.sketch, now.sketch)
	if err != nil {
		return Row{}, err
	}
	row := Row{
		Estimator: Hutchinson, Vectors: s.options.Vectors, Trace: e.Trace, Norm: e.Norm, NormCentred: e.NormCentred,
		Alignment: e.Alignment, Centred: e.Centred, Change: e.Change, Label: e.Label, Participation: e.Participation,
	}
	if s.before.known {
		fromBefore, err := Estimate(s.before.sketch, now.sketch)
		if err != nil {
			return row, err
		}
		row.Velocity = s.velocity(now, fromBefore.Centred, fromBefore.Change)
	}
	return row, nil
}

// velocity is how far the kernel went since the checkpoint before.
func (s *Series) velocity(now state, centred, change Figure) *Velocity {
	v := &Velocity{Since: s.before.step, Turn: centred, Change: change}
	v.Turn.Value = 1 - v.Turn.Value
	epochs := number.Number(now.epoch - s.before.epoch)
	if !(epochs > 0) {
		epochs = number.Number(math.NaN())
	}
	v.PerEpoch = Figure{Value: change.Value / epochs, Error: change.Error}
	v.PerEpoch.Error.Value /= epochs
	return v
}
