// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend"
)

// Options choose what Run checks.
type Options struct {
	DTypes   []dtypes.DType        // nil: Float64 and Float32
	Quick    bool                  // the quick subset of the problems alone
	Progress func(done, total int) // called with 0 and after each problem in each dtype, from one goroutine at a time; nil: nobody
}

// Row is one check in one dtype.
type Row struct {
	Check     string `json:"check"`
	Section   string `json:"section"` // of docs/mathematics.md
	DType     string `json:"dtype"`   // f32 or f64
	Figure    Number `json:"figure"`  // the worst over the problems
	Problem   string `json:"problem"` // where it is worst
	Problems  int    `json:"problems"`
	Tolerance Number `json:"tolerance"`
	Source    string `json:"source"` // of the tolerance
	Holds     bool   `json:"holds"`
}

// Run runs every check on the backend and returns the rows in the order of checks, Float64 before Float32. A check that no problem of the subset can be asked
// has no row. It returns an error where a problem cannot be run at all, or when the context ends.
func Run(ctx context.Context, b *backend.Backend, o Options) ([]Row, error) {
	if o.DTypes == nil {
		o.DTypes = []dtypes.DType{dtypes.Float64, dtypes.Float32}
	}
	problems := Problems()
	if o.Quick {
		problems = quick(problems)
	}
	tasks := make([]*task, 0, len(problems)*len(o.DTypes))
	for _, dtype := range o.DTypes {
		for _, p := range problems {
			tasks = append(tasks, &task{problem: p.in(dtype), dtype: dtype})
		}
	}
	if err := runAll(ctx, b, tasks, o.Progress); err != nil {
		return nil, err
	}
	var rows []Row
	for i, c := range checks() {
		for _, dtype := range o.DTypes {
			if row := c.row(i, dtype, tasks); row.Problems > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// task is one problem in one dtype.
type task struct {
	problem Problem
	dtype   dtypes.DType
	figures []float64 // one for each check; those that are not asked are 0
}

// runAll runs the tasks, as many at once as there are processors, since most of the time is compilation by one thread.
func runAll(ctx context.Context, b *backend.Backend, tasks []*task, progress func(done, total int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if progress == nil {
		progress = func(int, int) {}
	}
	progress(0, len(tasks))
	queue := make(chan *task)
	var group sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(runtime.GOMAXPROCS(0), len(tasks)) {
		group.Go(func() {
			for t := range queue {
				err := t.run(b)
				if err != nil {
					cancel(fmt.Errorf("verify: problem %q in %s: %w", t.problem.Name, dtypeName(t.dtype), err))
					continue
				}
				mu.Lock()
				done++
				progress(done, len(tasks))
				mu.Unlock()
			}
		})
	}
feed:
	for _, t := range tasks {
		select {
		case queue <- t:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	group.Wait()
	return context.Cause(ctx)
}

// run observes the problem, computes its reference and every figure.
func (t *task) run(b *backend.Backend) error {
	n, err := draw(t.problem, t.dtype)
	if err != nil {
		return err
	}
	o, err := observe(b, n)
	if err != nil {
		return err
	}
	r, err := refer(o)
	if err != nil {
		return err
	}
	t.figures = figures(o, r)
	return nil
}

func figures(o *observation, r *reference) []float64 {
	all := checks()
	out := make([]float64, len(all))
	for i, c := range all {
		if c.asks(o.problem) {
			out[i] = c.figure(o, r)
		}
	}
	return out
}

// asks tells whether the check can be asked of the problem.
func (c check) asks(p Problem) bool { return c.asked == nil || c.asked(p) }

// row is the worst of the check's figures in the dtype; i is the check's place in checks.
func (c check) row(i int, dtype dtypes.DType, tasks []*task) Row {
	tolerance := tolerances()[c.op]
	row := Row{
		Check: c.name, Section: c.section, DType: dtypeName(dtype), Figure: -1, Tolerance: Number(tolerance.in(dtype)), Source: tolerance.Source,
	}
	for _, t := range tasks {
		if t.dtype != dtype || !c.asks(t.problem) {
			continue
		}
		row.Problems++
		if f := Number(t.figures[i]); f.worseThan(row.Figure) {
			row.Figure, row.Problem = f, t.problem.Name
		}
	}
	row.Holds = row.Figure <= row.Tolerance
	return row
}
