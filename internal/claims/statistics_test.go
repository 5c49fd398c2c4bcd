// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"math"
	"testing"

	"revgn/internal/record"
)

// plain is a run with these losses after its epochs of one step, the first of them that of the start.
type plain struct {
	losses  []float64
	changes []float64 // of the tangent kernel, after each step
}

func (plain) Name() string                      { return "plain" }
func (plain) Ended() (bool, string)             { return true, "" }
func (plain) Classes() int                      { return 10 }
func (plain) Similarity() ([]Similarity, error) { return nil, nil }
func (p plain) Metrics() *record.Metrics {
	m := &record.Metrics{Probes: []record.ProbeRecord{{}}}
	for i, loss := range p.losses[1:] {
		step := i + 1
		m.Steps = append(m.Steps, record.StepRecord{Step: step, Epoch: float64(step), LR: 1, Loss: record.Number(p.losses[i]), LossAfter: record.Some(loss)})
		m.Evals = append(m.Evals, record.EvalRecord{Step: step, Epoch: float64(step), Split: "train", Loss: record.Number(loss)})
		if p.changes != nil {
			m.Probes = append(m.Probes, record.ProbeRecord{Step: step, KernelChange: record.Number(p.changes[i])})
		}
	}
	return m
}

func TestStatistics(t *testing.T) {
	half := []float64{8, 4, 2, 1, 0.5} // after each step half of the loss is left
	slow := []float64{8, 8 / math.Sqrt2, 4, 4 / math.Sqrt2, 2}
	flat := []float64{8, 1, 1, 1, 0.9}
	seed := func(a, b []float64) Seed { return Seed{"a": plain{losses: a}, "b": plain{losses: b}} }
	matched := Seed{"a": plain{slow, []float64{1, 2, 3, 4}}, "b": plain{half, []float64{1, 3, 5, 7}}}
	for _, c := range []struct {
		name string
		s    Statistic
		of   Seed
		want float64
	}{
		{"final ratio", finalRatio("train", "a", "b"), seed(slow, half), math.Log(4)},
		{"a loss below what float32 tells", finalRatio("train", "a", "b"), seed([]float64{8, 0}, []float64{8, 0.5}), -22 * math.Ln2},
		{"a negative loss is no loss", finalRatio("train", "a", "b"), seed([]float64{8, -1}, half), math.NaN()},
		{"after an epoch", earlyRatio("a", "b"), seed(half, flat), math.Log(4)},
		{"speed-up", speedUp("a", "b"), seed(slow, half), math.Log(2)}, // to 2: 4 steps and 2
		{"speed-up the other way", speedUp("b", "a"), seed(slow, half), -math.Log(2)},
		{"speed-up between steps", speedUp("a", "b"), seed(half, []float64{8, 8, 8, 1.5, 0.5}), 0},              // both reach 0.5 at their end
		{"speed-up part of a step", speedUp("a", "b"), seed([]float64{8, 8, 4, 4, 1}, half), math.Log(4. / 3.)}, // to 1
		{"late fall", falls("a"), seed(half, half), math.Log(2)},
		{"flat", falls("a"), seed(flat, half), math.Log(1 / 0.9)},
		{"nothing left to lose", falls("a"), seed([]float64{8, 1, 1, 1e-9, 0}, half), math.NaN()},
		{"falls more", fallsMore("a", "b"), seed(half, flat), math.Log(2) - math.Log(1/0.9)},
		{"half of a gap", beyondHalf("c", "a", "b"), Seed{"a": plain{losses: slow}, "b": plain{losses: half}, "c": plain{losses: []float64{8, 1}}}, 0},
		{"gradient descent in the logits", besideLogits("a"), seed([]float64{8, 1, 0.01}, half), math.Log(0.01 / 0.8797832293488712)}, // two steps of 1 by another program
		{"gap from 1:8 to 1:2", growth("x", gapAt{1, "c", "a"}, gapAt{2, "b", "a"}), Seed{"a": plain{losses: []float64{8, 1}}, "b": plain{losses: []float64{8, 2}}, "c": plain{losses: []float64{8, 8}}}, -math.Log(4)},
		{"kernel", kernelRatio("a", "b"), matched, math.Log(4. / 7.)},
		{"kernel at the same loss", kernelRatioMatched("a", "b"), matched, math.Log(4. / 3.)}, // 2: after 4 steps and 2
	} {
		got, err := c.s.Of(c.of)
		if math.IsNaN(c.want) != (err != nil) || err == nil && math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v (%v), want %v", c.name, got, err, c.want)
		}
	}
	steps, err := reaches([]point{{1, 1, 8}, {2, 2, 2}}, 4)
	if err != nil || math.Abs(steps-1.5) > 1e-12 {
		t.Errorf("reaches 4 after %v steps (%v), want 1.5", steps, err)
	}
}
