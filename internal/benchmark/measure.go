// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend"
	"revgn/internal/machine"
	"revgn/internal/train"
)

// Measure measures the cases one after the other.
func Measure(ctx context.Context, cases []Case, settings Settings) ([]Result, error) {
	return inSession(settings, func(s *session) ([]Result, error) {
		var all []Result
		for _, c := range cases {
			results, err := s.measure(ctx, c, 0)
			if err != nil {
				return all, err
			}
			all = append(all, results...)
		}
		return all, nil
	})
}

// inSession runs work in a session of its own; a panic of graph building is its error.
func inSession[T any](settings Settings, work func(*session) (T, error)) (out T, err error) {
	s := newSession(settings)
	defer s.close()
	defer s.ui.Stop()
	if caught := backend.Catch(func() { out, err = work(s) }); caught != nil {
		err = caught
	}
	return out, err
}

// measure makes Count measurements of a case, on random inputs where its data set has fewer than atLeast samples.
func (s *session) measure(ctx context.Context, c Case, atLeast int) ([]Result, error) {
	sub, err := s.newSubject(ctx, c, atLeast)
	if err != nil {
		return nil, err
	}
	defer sub.close()
	if sub.inputs.Note != "" {
		s.ui.Note("%s", sub.inputs.Note)
	}
	took, err := s.warm(sub)
	if err != nil {
		return nil, err
	}
	other, err := s.rateOf(ctx, sub, otherDType(sub.vars.Config.DType))
	if err != nil {
		return nil, err
	}
	var results []Result
	for range max(1, s.Count) {
		r, err := s.steps(ctx, sub, rounds(s.Repeat, took))
		if err != nil {
			return nil, err
		}
		r.OtherMatmul = other
		if s.Phases && results == nil && !sub.plan.Staged && sub.kernel == nil { // the prefixes are those of a step in one graph
			if r.Phases, err = s.phases(ctx, sub, took); err != nil {
				return nil, err
			}
		}
		if err := s.emit(r); err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// steps times n steps, with products of square matrices spread over them.
func (s *session) steps(ctx context.Context, sub *subject, n int) (Result, error) {
	r, err := sub.describe()
	if err != nil {
		return r, err
	}
	s.ui.Doing("measuring the matmul rate in " + dtypeName(sub.vars.Config.DType))
	product, err := machine.NewMatmul(sub.backend.Backend, sub.devices.Count(), sub.vars.Config.DType, s.MatmulSize)
	if err != nil {
		return r, err
	}
	defer product.Finalize()
	var rates []float64
	probe := func() error {
		rate, err := product.Rate()
		rates = append(rates, rate)
		return err
	}
	if err := probe(); err != nil {
		return r, err
	}
	s.ui.Start(n, "step", "bench "+words(sub.keys))
	every := max(1, n/(2*probes)) // about 2·probes between the first and the last
	seconds, err := turns{now: s.now, ui: s.ui, works: []func() error{sub.step}, after: func(round int) error {
		if (round+1)%every != 0 && round+1 < n {
			return nil
		}
		return probe()
	}}.run(ctx, n)
	if err != nil {
		return r, err
	}
	r.Samples, r.Seconds = seconds[0], SpreadOf(seconds[0])
	r.Matmul = Rate{DType: dtypeName(sub.vars.Config.DType), Size: product.Size, PerSecond: SpreadOf(rates)}
	r.count(sub)
	r.conclude(sub)
	return r, nil
}

// count relates the step's time to its operations and to the matmul rate.
func (r *Result) count(sub *subject) {
	if sub.kernel != nil {
		r.Operations, r.OperationsOf, r.PlainOperations = sub.kernel.operations()
	} else {
		total, phases := train.Operations(sub.stepper, sub.Options.Optimizer, sub.vars.Config, sub.batch)
		r.Operations, r.OperationsOf = total, operationsOf(phases)
	}
	rate := r.Matmul.PerSecond.Median
	share := make([]float64, len(r.Samples))
	for i, seconds := range r.Samples {
		share[i] = r.Operations / seconds / rate
	}
	r.Share, r.Equivalent = SpreadOf(share), r.Seconds.scaled(rate)
}

func otherDType(d dtypes.DType) dtypes.DType {
	if d == dtypes.Float64 {
		return dtypes.Float32
	}
	return dtypes.Float64
}
