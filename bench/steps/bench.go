// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// bench is one comparison.
type bench struct {
	options
	methods  []method
	launch   launcher
	progress io.Writer
}

// compare makes the runs that are missing, or tells the plan, then prints the table.
func compare(ctx context.Context, b *bench, stdout io.Writer) error {
	if b.plan { // without the lock: it may be asked for while the runs are made
		searches, err := b.survey()
		if err != nil {
			return err
		}
		return b.printPlan(stdout, searches)
	}
	free, err := b.lock()
	if err != nil {
		return err
	}
	defer free()
	searches, err := b.survey()
	if err != nil {
		return err
	}
	for _, s := range searches {
		if b.chosen(s.method) {
			if err := b.finish(ctx, s); err != nil {
				return err
			}
		}
	}
	return b.report(stdout, searches)
}

// lock keeps a second comparison out of the directory.
func (b *bench) lock() (free func(), err error) {
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(b.out, ".lock"))
	held, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !held {
		return nil, fmt.Errorf("%s is in use by another comparison: wait for it or choose another --out", b.out)
	}
	return func() {
		os.Remove(lock.Path()) // while held: nobody can hold a lock on a file that is not there
		lock.Unlock()
	}, nil
}

// survey reads what earlier calls left, for every method.
func (b *bench) survey() ([]*search, error) {
	var searches []*search
	for _, m := range b.methods {
		s := &search{method: m, seeds: b.seeds, extend: b.extend, known: map[trial]result{}}
		if err := b.recall(s); err != nil {
			return nil, err
		}
		searches = append(searches, s)
	}
	return searches, nil
}

// recall adds the stored runs among those that a search wants, and among those that it wants once it has them.
func (b *bench) recall(s *search) error {
	for found := true; found; {
		found = false
		for _, t := range s.choose().trials {
			r, ok, err := b.stored(s.method, t)
			if err != nil {
				return err
			}
			if ok {
				s.known[t], found = r, true
			}
		}
	}
	return nil
}

// finish makes a method's runs until none is missing.
func (b *bench) finish(ctx context.Context, s *search) error {
	before := len(s.grid)
	for {
		c := s.choose()
		if len(c.Rates) > before {
			b.say("%-16s the best rate so far lies at the edge of the grid, which now goes from %s to %s", s.name, rate(c.Rates[0]), rate(c.Rates[len(c.Rates)-1]))
			before = len(c.Rates)
		}
		if len(c.trials) == 0 {
			b.conclude(s, c)
			return nil
		}
		if err := b.attempt(ctx, s, c.trials[0]); err != nil {
			return err
		}
		if err := b.recall(s); err != nil {
			return err
		}
	}
}

// attempt makes one run, with a line before and after it.
func (b *bench) attempt(ctx context.Context, s *search, t trial) error {
	label := fmt.Sprintf("%-16s lr %-8s seed %-4d", s.name, rate(t.lr), t.seed)
	b.say("%s started", label)
	start := time.Now()
	r, err := b.train(ctx, s.method, t)
	if err != nil {
		return err
	}
	s.known[t] = r
	outcome := fmt.Sprintf("train loss %.4g, test accuracy %.4f", r.loss(), float64(r.summary.Last.TestAcc.Value))
	if math.IsInf(r.loss(), 1) {
		outcome = "no finite loss: " + firstOf(r.failure, "it is not finite at the end")
	}
	b.say("%s ended, %.1f s, %s", label, time.Since(start).Seconds(), outcome)
	if t.seed != s.seeds[0] && math.IsInf(r.loss(), 1) {
		b.say("%-16s rate %s makes way for the next best", s.name, rate(t.lr))
	}
	return nil
}

// conclude says which rate a method has.
func (b *bench) conclude(s *search, c choice) {
	switch {
	case c.Rate == 0:
		b.say("%-16s no rate gave a finite loss", s.name)
	case c.Edge:
		b.say("%-16s rate %s, at the edge of a grid that grows no more (--extend %d)", s.name, rate(c.Rate), s.extend)
	default:
		b.say("%-16s rate %s", s.name, rate(c.Rate))
	}
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintln(b.progress, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
