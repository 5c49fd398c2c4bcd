// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/compute"

	"revgn/analysis"
	"revgn/model"
)

// Estimator is how the numbers of a kernel are had.
type Estimator string

const (
	// AutoEstimator is ExactEstimator where its kernels fit the memory limit, else Hutchinson.
	AutoEstimator Estimator = "auto"
	// ExactEstimator computes every entry.
	ExactEstimator Estimator = "exact"
	// Hutchinson estimates norms, traces and inner products from products with random vectors (Hutchinson, Comm. Statist. Simulation Comput. 19, 1990).
	Hutchinson Estimator = "hutchinson"
)

// Estimators lists the estimators there are.
func Estimators() []Estimator { return []Estimator{AutoEstimator, ExactEstimator, Hutchinson} }

// SeriesOptions choose what is measured of each checkpoint.
type SeriesOptions struct {
	Options
	Estimator Estimator // empty: AutoEstimator
	Vectors   int       // of Hutchinson; 0: DefaultVectors
	Seed      uint64    // of its vectors
	Spectrum  Method    // of ExactEstimator; empty: AutoSpectrum. The other has none
	Arrays    bool      // whether the caller also takes all entries of a kernel as one array, Kernel.Values, which the memory limit then has to allow for
}

// DefaultVectors is the number of random vectors where nobody asks for another.
const DefaultVectors = 32

// Series follows the kernel of one network on one probe set from checkpoint to checkpoint: each is compared with the start and with the one before.
type Series struct {
	Progress func(what string, done, of int) // where set, called as work goes on

	options  SeriesOptions
	probe    analysis.Probe
	exact    *Exact    // nil for Hutchinson
	products *Products // nil for the other
	start    state
	before   state
}

// state is what is kept of a checkpoint.
type state struct {
	kernel *Kernel
	sketch *Sketch
	step   int
	epoch  float64
	known  bool
}

// NewSeries prepares the measurements; Begin comes next. Graphs are compiled when they are first run. A series holds three kernels at the same time.
func NewSeries(backend compute.Backend, vars *model.Variables, p analysis.Probe, o SeriesOptions) (*Series, error) {
	if o.Kept = 3; o.Arrays {
		o.Kept += 2 // an array has both triangles
	}
	if o.Estimator == "" {
		o.Estimator = AutoEstimator
	}
	if !slices.Contains(Estimators(), o.Estimator) {
		return nil, fmt.Errorf("estimator: got %q; allowed: %s, %s, %s", o.Estimator, AutoEstimator, ExactEstimator, Hutchinson)
	}
	if o.Vectors == 0 {
		o.Vectors = DefaultVectors
	}
	s := &Series{options: o, probe: p}
	var err error
	if o.Estimator != Hutchinson {
		s.exact, err = NewExact(backend, vars, p, o.Options)
	}
	if o.Estimator == Hutchinson || o.Estimator == AutoEstimator && err != nil {
		s.products, err = NewProducts(backend, vars, p, o.Vectors, o.Seed, o.Options)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Plan is what a checkpoint takes, a line for people.
func (s *Series) Plan() string {
	if s.exact == nil {
		return s.products.Plan().String()
	}
	return s.exact.Plan().String()
}

// Finalize frees graphs and what lies on the device.
func (s *Series) Finalize() {
	if s.exact != nil {
		s.exact.Finalize()
	} else {
		s.products.Finalize()
	}
}

// Begin computes the kernel that all are compared with, of the weights that the variables hold.
func (s *Series) Begin(ctx context.Context) (err error) {
	s.before = state{}
	s.start, err = s.compute(ctx)
	return err
}

// compute computes the kernel, or its sketch, of the weights that the variables hold.
func (s *Series) compute(ctx context.Context) (now state, err error) {
	now.known = true
	if s.exact != nil {
		now.kernel, err = s.exact.Kernel(ctx, s.report("tiles"))
	} else {
		now.sketch, err = s.products.Apply(ctx, s.report("products"))
	}
	return now, err
}

func (s *Series) report(what string) func(done, of int) {
	return func(done, of int) {
		if s.Progress != nil {
			s.Progress(what, done, of)
		}
	}
}

// Measure measures the weights that the variables hold, of a checkpoint at the step and the epoch. Step 0 is the start and is not computed again. The kernel is nil
// where there is none.
func (s *Series) Measure(ctx context.Context, step int, epoch float64) (Row, *Kernel, error) {
	if !s.start.known {
		return Row{}, nil, fmt.Errorf("series of tangent kernels: the first checkpoint comes after Begin")
	}
	now := s.start
	if step != 0 {
		var err error
		if now, err = s.compute(ctx); err != nil {
			return Row{}, nil, err
		}
	}
	now.step, now.epoch = step, epoch
	row, err := s.row(ctx, now)
	s.before = now
	return row, now.kernel, err
}
