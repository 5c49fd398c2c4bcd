// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"revgn/internal/record"
)

// resolution is float32's, 2⁻²³. The mean loss of samples that are all certain comes out as 0 or a few roundings: what lies below counts as this much, so that it has a logarithm
// and no order among roundings is taken for one among losses.
const resolution = 1.0 / (1 << 23)

// Resolved is a loss as far as float32 tells it.
func Resolved(loss record.Number) float64 {
	if x := float64(loss); x >= 0 && x < resolution {
		return resolution
	}
	return float64(loss)
}

// point is the loss after a number of steps.
type point struct {
	step  int
	epoch float64
	loss  float64
}

// evaluations are the losses over a whole split ("train", "test"), as the run evaluated them after its start.
func evaluations(v View, split string) ([]point, error) {
	var curve []point
	for _, e := range v.Metrics().Evals {
		if e.Split == split && e.Step > 0 {
			curve = append(curve, point{e.Step, e.Epoch, Resolved(e.Loss)})
		}
	}
	return curve, check(curve, "evaluation of the "+split+" part")
}

// fullBatch are the losses of the whole training part after each step of a full-batch run: what step k+1 found before it moved is what k steps led to.
func fullBatch(v View) ([]point, error) {
	var curve []point
	steps := v.Metrics().Steps
	for i, s := range steps {
		if i > 0 {
			curve = append(curve, point{steps[i-1].Step, steps[i-1].Epoch, Resolved(s.Loss)})
		}
	}
	if n := len(steps); n > 0 && steps[n-1].LossAfter.Set {
		curve = append(curve, point{steps[n-1].Step, steps[n-1].Epoch, Resolved(steps[n-1].LossAfter.Value)})
	}
	return curve, check(curve, "step")
}

// check refuses a curve of which no logarithm can be taken.
func check(curve []point, what string) error {
	if len(curve) == 0 {
		return fmt.Errorf("it has no %s", what)
	}
	for _, p := range curve {
		if math.IsNaN(p.loss) || math.IsInf(p.loss, 0) || p.loss <= 0 {
			return fmt.Errorf("its loss at step %d is %g, want a positive number", p.step, p.loss)
		}
	}
	return nil
}

func last(curve []point) point { return curve[len(curve)-1] }

func lowest(curve []point) float64 {
	low := math.Inf(1)
	for _, p := range curve {
		low = min(low, p.loss)
	}
	return low
}

// at is the first point at an epoch or later.
func at(curve []point, epoch float64) (point, error) {
	for _, p := range curve {
		if p.epoch >= epoch-1e-9 {
			return p, nil
		}
	}
	return point{}, fmt.Errorf("it ends at epoch %g, before %g", last(curve).epoch, epoch)
}

// reaches is the number of steps after which the loss is first at most target, between two points by a straight line of log loss over steps. A curve that starts below it reaches it at its first point.
func reaches(curve []point, target float64) (float64, error) {
	for i, p := range curve {
		if p.loss > target {
			continue
		}
		if i == 0 || p.loss == target {
			return float64(p.step), nil
		}
		before := curve[i-1]
		share := math.Log(before.loss/target) / math.Log(before.loss/p.loss)
		return float64(before.step) + share*float64(p.step-before.step), nil
	}
	return 0, errors.New("it never reaches the loss")
}

// lateFall is how far the log loss falls in the last quarter of the run's epochs. A loss that is 0 by then cannot fall, which is not to saturate.
func lateFall(curve []point) (float64, error) {
	end := last(curve)
	from, err := at(curve, 0.75*end.epoch)
	if err == nil && from.step == end.step {
		err = fmt.Errorf("it has no evaluation between epochs %g and %g", 0.75*end.epoch, end.epoch)
	}
	if err == nil && from.loss == resolution {
		err = fmt.Errorf("its loss is 0 but for roundings at epoch %g already", from.epoch)
	}
	return math.Log(from.loss / end.loss), err
}

// lastProbe is the newest probe of a run.
func lastProbe(v View) (record.ProbeRecord, error) {
	return probeAt(v, math.MaxInt)
}

// probeAt is the first probe at a step or later, the newest where there is none.
func probeAt(v View, step int) (record.ProbeRecord, error) {
	probes := v.Metrics().Probes
	if len(probes) == 0 || probes[len(probes)-1].Step == 0 {
		return record.ProbeRecord{}, errors.New("it has no probe after its start")
	}
	i := slices.IndexFunc(probes, func(p record.ProbeRecord) bool { return p.Step >= step && p.Step > 0 })
	if i < 0 {
		i = len(probes) - 1
	}
	return probes[i], nil
}
