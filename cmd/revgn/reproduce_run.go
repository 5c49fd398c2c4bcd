// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	"revgn/internal/claims"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/reproduce"
	verdictpage "revgn/internal/study"
	"revgn/internal/sweep"
)

// runReproduce makes what is missing and judges: progress to stderr, verdicts to stdout.
func runReproduce(ctx context.Context, o reproduceOptions, asked reproduce.Study, stdout, stderr io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	s := reproduce.NewSession(asked, o.takeover)
	if err := o.checkData(s); err != nil {
		return err
	}
	if err := os.MkdirAll(asked.Dir, 0o755); err != nil {
		return fmt.Errorf("cannot write the study: %w (choose another --out)", err)
	}
	limited := ctx
	if o.timeLimit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, o.timeLimit)
		defer cancel()
	}
	if _, err := judge(s); err != nil { // from now on the directory says what it is
		return err
	}
	v, err := newReproduceView(progress.NewBoard(stderr, o.json()), s, o)
	if err != nil {
		return err
	}
	stop := v.watch()
	err = s.Make(limited, o.maker(program, v), func(task claims.Task, c claims.Claim) error { return v.settled(task, c) })
	stop()
	if interrupted := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded); err != nil && !interrupted {
		return err
	}
	return o.conclude(context.WithoutCancel(ctx), s, stdout, err != nil)
}

// maker says how runs and analyses are made.
func (o reproduceOptions) maker(program string, v *reproduceView) reproduce.Maker {
	g := gathered{sweepOptions: o.sweepOptions, machine: o.given}
	return reproduce.Maker{
		Workers: o.atOnce(), Retries: o.retries, Tell: v.tell,
		Run: func(run sweep.Run, dir string, worker int) *exec.Cmd { return g.command(program, run, dir, worker) },
		CKA: func(dir, floor string, worker int) *exec.Cmd {
			args := []string{program, "analyze", "cka", dir, "--kernel", "linear", "--sites", "stream", "--floor", floor}
			return o.child(append(args, o.given...), worker)
		},
	}
}

// judge writes verdicts.json as far as there are verdicts.
func judge(s *reproduce.Session) (claims.Verdicts, error) {
	all, err := s.Verdicts(record.NewManifest(time.Now()).Version)
	if err != nil {
		return all, err
	}
	return all, writeJSON(s.Study().VerdictsPath(), all)
}

// conclude writes verdicts and page, and tells what came of it.
func (o reproduceOptions) conclude(ctx context.Context, s *reproduce.Session, stdout io.Writer, interrupted bool) error {
	all, err := judge(s)
	if err != nil {
		return err
	}
	if o.json() {
		if err := printJSON(stdout, all); err != nil {
			return err
		}
	} else {
		printVerdicts(stdout, all)
		fmt.Fprintf(stdout, "           %s\n", record.Short(s.Study().VerdictsPath()))
	}
	w, err := verdictpage.Write(ctx, s.Study().Dir)
	if err != nil {
		return fmt.Errorf("the verdicts are written, but not the page: %w", err)
	}
	if !o.json() {
		fmt.Fprintf(stdout, "report     %s\n", record.Short(w.Page))
	}
	failures := s.Failures()
	switch {
	case interrupted:
		return &exitError{exitInterrupted, fmt.Errorf("interrupted with %d of %d claims judged; the same command goes on", len(all.Verdicts), len(all.Verdicts)+len(all.Waiting))}
	case len(failures) > 0:
		paths := make([]string, 0, len(failures))
		for path := range failures {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		return fmt.Errorf("%d runs or analyses failed; the first is %s: %s (the same command tries again)", len(failures), record.Short(paths[0]), failures[paths[0]])
	}
	return nil
}

// printVerdicts lists them for people.
func printVerdicts(w io.Writer, all claims.Verdicts) {
	t := table{head: []string{"claim", "task", "verdict", "exact", "p", "because"}, left: 3}
	for _, v := range all.Verdicts {
		exact := ""
		if v.Exact.Share.Set {
			exact = fmt.Sprintf("%.0f %%", 100*float64(v.Exact.Share.Value))
		}
		reason := v.Reason
		if reason == "" {
			reason = v.Statement
		}
		t.rows = append(t.rows, []string{v.Claim + ":" + string(v.Variation), v.Task, string(v.Verdict), exact, number2(float64(v.P)), brief(reason, 110)})
	}
	if len(t.rows) > 0 {
		t.print(w)
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "verdicts   ", claims.Counted(all.Verdicts))
	if n := len(all.Waiting); n > 0 {
		fmt.Fprintf(w, ", %d wait for runs", n)
	}
	fmt.Fprintln(w)
}

func number2(x float64) string {
	if x != x {
		return ""
	}
	return fmt.Sprintf("%.2g", x)
}
