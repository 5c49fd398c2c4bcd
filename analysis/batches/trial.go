// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"errors"
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/devices"
)

// change is what a step would take off the weights, on the device, in the order of model.Variables.Trained.
type change struct {
	report  gnstep.Report
	tensors []*tensors.Tensor
}

// step computes the step of a method on a batch.
func (m *Meter) step(p *Prepared, batch *placed) (*change, error) {
	lr := scalar(m.vars.Config.DType, p.LR)
	out, err := p.exec.Call(batch.parts[0].x, batch.parts[0].labels, lr)
	if err := errors.Join(err, devices.Free(lr)); err != nil {
		return nil, err
	}
	packed, err := take(out[0])
	if err != nil {
		return nil, err
	}
	c := &change{tensors: out[1:]}
	c.report, err = gnstep.Unpack(packed, p.Stepper.Layout())
	return c, err
}

// made tells whether the step changes anything.
func (c *change) made() bool { return c.report.Finite && c.report.Accepted }

// prediction is what the tangent along a change says of samples.
type prediction struct {
	slope, bend float64           // the quadratic model's change of the mean loss at the multiple s is s·slope + s²·bend
	norm        float64           // ‖J d‖
	tangents    []*tensors.Tensor // J d of each part, the caller's to free
}

// at is the predicted change at the multiple s.
func (p prediction) at(s float64) float64 { return s*p.slope + s*s*p.bend }

func (m *Meter) predict(c *change, s *placed) (prediction, error) {
	var p prediction
	for _, part := range s.parts {
		out, err := m.tangent.Call(append([]*tensors.Tensor{part.x, part.labels}, c.tensors...)...)
		if err != nil {
			return p, err
		}
		p.tangents = append(p.tangents, out[0])
		v, err := take(out[1])
		if err != nil {
			return p, err
		}
		share := float64(part.n) / float64(s.n)
		p.slope, p.bend, p.norm = p.slope+share*v[0], p.bend+share*(v[1]-v[0]), p.norm+v[2]
	}
	p.norm = math.Sqrt(p.norm)
	return p, nil
}

// outcome is what a multiple of a change does to samples.
type outcome struct {
	change        float64 // of the mean loss
	se            float64 // standard error of that as the mean over samples drawn at random
	linearisation float64 // where a prediction was given
}

// try measures the multiple s of a change on samples, with what was predicted there, or nil.
func (m *Meter) try(c *change, s float64, on *placed, predicted *prediction) (outcome, error) {
	multiple := scalar(m.vars.Config.DType, s)
	var sum, squares, left float64
	for i, part := range on.parts {
		tangent := part.zeros
		if predicted != nil {
			tangent = predicted.tangents[i]
		}
		out, err := m.trial.Call(append([]*tensors.Tensor{part.x, part.labels, multiple, part.logits, tangent}, c.tensors...)...)
		if err != nil {
			return outcome{}, err
		}
		v, err := take(out[0])
		if err != nil {
			return outcome{}, err
		}
		sum, squares, left = sum+v[0], squares+v[1], left+v[2]
	}
	n := float64(on.n)
	o := outcome{change: sum / n, se: math.Sqrt(max(0, squares-sum*sum/n) / (n - 1) / n), linearisation: math.NaN()}
	if predicted != nil {
		o.linearisation = math.Sqrt(left) / (s * predicted.norm)
	}
	return o, devices.Free(multiple)
}
