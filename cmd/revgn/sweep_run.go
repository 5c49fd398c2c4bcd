// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"revgn/internal/config"
	"revgn/internal/lease"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// runSweep makes the runs that are not there: progress to stderr, results to stdout.
func runSweep(ctx context.Context, g gathered, stdout, stderr io.Writer) error {
	room, err := lease.Open(g.dir.Locks(), g.takeover)
	if err != nil {
		return usageError(fmt.Errorf("takeover-after: %w", err))
	}
	if g.asked {
		g.runs, err = g.dir.Add(ctx, room, g.text, g.runs)
	} else {
		_, err = g.dir.Add(ctx, room, "", nil)
	}
	if err != nil {
		return err
	}
	share := sweep.Share(g.runs, g.part.Index, g.part.Count)
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if g.timeLimit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, g.timeLimit)
		defer cancel()
	}
	v := newSweepView(progress.NewBoard(stderr, g.json()), g, share, room)
	v.announce()
	stop := v.watch()
	work := sweep.Work{
		Dir: g.dir, Runs: share, Room: room, Workers: g.atOnce(), Retries: g.retries, FailFast: g.failFast, Wait: g.wait, Tell: v.tell,
		Command: func(run sweep.Run, dir string, worker int) *exec.Cmd { return g.command(program, run, dir, worker) },
	}
	err = work.Execute(ctx)
	stop()
	return g.conclude(stdout, share, room, v.begun, err)
}

func (o sweepOptions) json() bool { return o.logFormat.LogFormat == config.LogJSON }

// command is `revgn train` for a run, in the environment of its worker.
func (g gathered) command(program string, run sweep.Run, dir string, worker int) *exec.Cmd {
	options, err := run.Options.Args()
	if err != nil {
		options = nil // not for options that were resolved; train says what is wrong
	}
	args := append([]string{program, "train"}, options...)
	args = append(args, g.machine...)
	return g.child(append(args, "--name="+run.Name, "--out="+dir, "--resume"), worker)
}

// child is a process of a worker.
func (o sweepOptions) child(args []string, worker int) *exec.Cmd {
	if o.nice > 0 {
		args = append([]string{"nice", "-n", strconv.Itoa(o.nice)}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = o.environment(worker)
	return cmd
}

// environment gives a worker its share of the machine: a GPU, and processors of the Go backend. XLA on the CPU takes all processors that the process may run on,
// whatever is set here.
func (o sweepOptions) environment(worker int) []string {
	env := os.Environ()
	if len(o.gpus) > 0 {
		env = append(env, "CUDA_VISIBLE_DEVICES="+o.gpus[worker%len(o.gpus)])
	}
	if n := o.processors(); n > 0 {
		env = append(env, "GOMAXPROCS="+strconv.Itoa(n))
	}
	return env
}

// processors are those that a worker may use at a time, 0: as the environment has it.
func (o sweepOptions) processors() int {
	switch {
	case o.threads > 0:
		return o.threads
	case o.atOnce() == 1 || os.Getenv("GOMAXPROCS") != "":
		return 0
	}
	return max(1, runtime.GOMAXPROCS(0)/o.atOnce())
}

// conclude tells what came of it; an error says why something is missing.
func (g gathered) conclude(stdout io.Writer, share []sweep.Run, room *lease.Room, begun time.Time, err error) error {
	states := g.dir.States(g.runs, room)
	mine := sweep.Share(states, g.part.Index, g.part.Count)
	c := countStates(mine)
	err = g.verdict(share, mine, c, err)
	if g.json() {
		if printErr := g.printSweepJSON(stdout, states, err); printErr != nil {
			return errors.Join(err, printErr)
		}
		return err
	}
	fmt.Fprintf(stdout, "status     %s\n", c)
	fmt.Fprintf(stdout, "time       %s\n", progress.Clock(time.Since(begun)))
	fmt.Fprintf(stdout, "sweep      %s\n", record.Short(string(g.dir)))
	if g.best != "" {
		g.printBest(stdout, states)
	}
	return err
}

// verdict is the error that a sweep ends with, nil where every run of its share has ended as it should or is in other hands.
func (g gathered) verdict(share []sweep.Run, states []sweep.State, c counts, err error) error {
	var stopped *sweep.FailFastError
	switch {
	case errors.As(err, &stopped):
		return stopped
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &exitError{exitInterrupted, fmt.Errorf("interrupted with %d of %d runs ended; the same command goes on", c.ended(), len(share))}
	case err != nil:
		return err
	case c.of[sweep.Failed] == 0 && c.of[sweep.Interrupted]+c.of[sweep.Stopped]+c.of[sweep.Waiting] > 0:
		return &exitError{exitInterrupted, fmt.Errorf("%d of %d runs ended, and others were stopped; the same command goes on", c.ended(), len(share))}
	case c.of[sweep.Failed] > 0:
		for i, s := range states {
			if s.Status == sweep.Failed {
				return fmt.Errorf("%d of %d runs failed; the first is %s: %s (see %s)", c.of[sweep.Failed], len(share), share[i].Name, s.Message, record.Short(g.dir.Log(share[i])))
			}
		}
	}
	return nil
}

// counts are the runs by their status.
type counts struct {
	of  map[sweep.Status]int
	all int
}

func countStates(states []sweep.State) counts {
	c := counts{map[sweep.Status]int{}, len(states)}
	for _, s := range states {
		c.of[s.Status]++
	}
	return c
}

func (c counts) ended() int { return c.of[sweep.Done] + c.of[sweep.Diverged] }

// String is "12 of 60 done, 1 failed, 47 waiting".
func (c counts) String() string {
	parts := []string{fmt.Sprintf("%d of %d done", c.of[sweep.Done], c.all)}
	for _, s := range sweep.Statuses()[1:] {
		if n := c.of[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}
