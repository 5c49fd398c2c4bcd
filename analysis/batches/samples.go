// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/internal/devices"
)

// Samples are what steps are made and measured on.
type Samples struct {
	Steps   []analysis.Probe // M batches of one size; a step is made on each in turn, from the same weights
	Before  *analysis.Probe  // the batch of the step that led to the weights; nil for none
	After   *analysis.Probe  // the batch after the last of Steps; nil for none
	Heldout analysis.Probe   // samples that no step sees
}

// check refuses what the network cannot see, and batches of several sizes.
func (s Samples) check(features, classes int) error {
	if len(s.Steps) == 0 {
		return errors.New("got no batches; want one or more to step on")
	}
	all := map[string]analysis.Probe{"held-out samples": s.Heldout}
	for i, b := range s.Steps {
		all[fmt.Sprintf("batch %d", i)] = b
	}
	if s.Before != nil {
		all["batch before"] = *s.Before
	}
	if s.After != nil {
		all["batch after"] = *s.After
	}
	size := s.Steps[0].Len()
	for name, b := range all {
		switch {
		case b.Len() == 0:
			return fmt.Errorf("%s: got no samples; want one or more", name)
		case b.D != features || b.Classes != classes:
			return fmt.Errorf("%s: got %d features and %d classes; the network has %d and %d", name, b.D, b.Classes, features, classes)
		case name != "held-out samples" && b.Len() != size:
			return fmt.Errorf("%s: got %d samples; want %d, as in batch 0", name, b.Len(), size)
		}
	}
	return nil
}

// placed are samples on the device, in parts of at most the size of a batch, with what the network says of them before a step.
type placed struct {
	parts []part
	n     int
	loss  float64 // mean
}

// part is n samples: x (n, D), labels (n), logits f(θ) (n, K), and a tangent of zeros (n, K) for who wants none.
type part struct {
	x, labels, logits, zeros *tensors.Tensor
	n                        int
}

// place puts samples on the device and passes them through the network.
func (m *Meter) place(p analysis.Probe, size int) (*placed, error) {
	s := &placed{n: p.Len()}
	for from := 0; from < p.Len(); from += size {
		to := min(from+size, p.Len())
		x, labels := p.Tensors(m.vars.Config.DType, from, to)
		out, err := m.forward.Call(x, labels)
		if err != nil {
			return nil, err
		}
		sum, err := take(out[1])
		if err != nil {
			return nil, err
		}
		s.loss += sum[0] / float64(s.n)
		s.parts = append(s.parts, part{x: x, labels: labels, logits: out[0], zeros: tensors.FromShape(out[0].Shape()), n: to - from})
	}
	return s, nil
}

func (s *placed) free() error {
	if s == nil {
		return nil
	}
	var errs []error
	for _, p := range s.parts {
		errs = append(errs, devices.Free(p.x, p.labels, p.logits, p.zeros))
	}
	return errors.Join(errs...)
}

// take copies a Float64 vector to the host and frees it.
func take(t *tensors.Tensor) ([]float64, error) {
	values, err := tensors.CopyFlatData[float64](t)
	return values, errors.Join(err, devices.Free(t))
}

// scalar is v as a tensor of the dtype.
func scalar(dtype dtypes.DType, v float64) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromScalar(v)
	}
	return tensors.FromScalar(float32(v))
}
