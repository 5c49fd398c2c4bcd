// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"time"

	"github.com/gomlx/compute/dtypes"

	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/machine"
	"revgn/internal/progress"
)

// Settings say how to measure.
type Settings struct {
	Repeat int  // rounds of a measurement; 0: about 10 seconds of them
	Count  int  // measurements of a case, each with its own line; 0 stands for 1
	Phases bool // whether to measure the phases of steps too
	Random bool // whether inputs are random whatever data there are
	// MatmulSize is n of the (n, n) products that the matmul rate is measured with; 0: by the backend's speed.
	MatmulSize int
	UI         progress.Reporter
	Emit       func(Result) error // called with every result as it comes; nil for nobody
}

// session is what the measurements of one call share.
type session struct {
	Settings
	ui       progress.Reporter
	now      func() time.Time
	library  library
	backends map[backendKey]*backend.Backend
	rates    map[rateKey]Rate
}

// backendKey tells the backends of a call apart: how many devices one shows is settled when it opens.
type backendKey struct {
	name    string
	devices int
}

// rateKey tells the matmul rates of a call apart.
type rateKey struct {
	kind    string
	devices int
	dtype   dtypes.DType
}

func newSession(s Settings) *session {
	return &session{
		Settings: s, ui: s.UI, now: time.Now, library: library{random: s.Random, open: map[string]*data.Source{}},
		backends: map[backendKey]*backend.Backend{}, rates: map[rateKey]Rate{},
	}
}

// backend opens the backend of the options for their number of devices, once a call.
func (s *session) backend(ctx context.Context, o config.Options) (*backend.Backend, error) {
	key := backendKey{o.Backend, o.Devices}
	if b := s.backends[key]; b != nil {
		return b, nil
	}
	b, err := backend.Open(ctx, backend.Options{Name: o.Backend, Offline: o.Offline, Devices: o.Devices, Logf: s.ui.Note})
	if err == nil {
		s.backends[key] = b
	}
	return b, err
}

// close gives everything back.
func (s *session) close() {
	for _, b := range s.backends {
		b.Finalize()
	}
}

// emit hands a result on, with the progress line out of its way.
func (s *session) emit(r Result) error {
	s.ui.Stop()
	if s.Emit == nil {
		return nil
	}
	return s.Emit(r)
}

// probes is how many products a rate comes from, where none are made between steps.
const probes = 5

// rateOf is the matmul rate of a subject's devices together in a dtype, measured once a call.
func (s *session) rateOf(ctx context.Context, sub *subject, dtype dtypes.DType) (Rate, error) {
	key := rateKey{sub.backend.Kind, sub.devices.Count(), dtype}
	if r, ok := s.rates[key]; ok {
		return r, nil
	}
	s.ui.Doing("measuring the matmul rate in " + dtypeName(dtype))
	m, err := machine.NewMatmul(sub.backend.Backend, sub.devices.Count(), dtype, s.MatmulSize)
	if err != nil {
		return Rate{}, err
	}
	defer m.Finalize()
	var sample []float64
	for range probes {
		if err := ctx.Err(); err != nil {
			return Rate{}, err
		}
		rate, err := m.Rate()
		if err != nil {
			return Rate{}, err
		}
		sample = append(sample, rate)
	}
	s.rates[key] = Rate{DType: dtypeName(dtype), Size: m.Size, PerSecond: SpreadOf(sample)}
	return s.rates[key], nil
}

func dtypeName(d dtypes.DType) string {
	if d == dtypes.Float64 {
		return string(config.F64)
	}
	return string(config.F32)
}
