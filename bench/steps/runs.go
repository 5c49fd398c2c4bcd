// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/record"
)

// result is a run that has ended.
type result struct {
	summary  record.Summary
	manifest record.Manifest
	seconds  []float64 // of each step
	failure  string    // why there is no final loss, "" where there is one
}

// loss is the loss over the whole training set at the end, infinite where the run did not get there or it is not finite.
func (r result) loss() float64 {
	v := float64(r.summary.Last.TrainLoss.Value)
	if r.failure != "" || !r.summary.Last.TrainLoss.Set || math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

// arguments is the command line of a run. It measures nothing beside the steps and evaluates once, at the end; the test set is evaluated at the start too.
func (o *options) arguments(m method, t trial) []string {
	args := []string{"train", "--preset", o.preset}
	if o.hidden > 0 {
		args = append(args, "--hidden", strconv.Itoa(o.hidden))
	}
	args = append(args, strings.Fields(m.flags)...)
	steps := strconv.Itoa(o.steps)
	args = append(args, "--lr", rate(t.lr), "--steps", steps, "--seed", strconv.FormatUint(uint64(t.seed), 10), "--eval-every", steps, "--measure=false",
		"--backend", o.backend)
	if o.dataDir != "" {
		args = append(args, "--data-dir", o.dataDir)
	}
	return append(args, "--out", o.directory(m, t))
}

// directory is where a run lies.
func (o *options) directory(m method, t trial) string {
	return filepath.Join(o.out, folder(m.name), "lr-"+rate(t.lr)+"-seed-"+strconv.FormatUint(uint64(t.seed), 10))
}

// folder is a method's name without the characters that a shell or a file system could take amiss.
func folder(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(c rune) bool { return strings.ContainsRune(":+/", c) }), "-")
}

// stored returns the run of a trial where it has ended: done, or failed for want of finite numbers, which would happen again. Anything else, and nothing at
// all, is not ok. A run that other options made is an error.
func (b *bench) stored(m method, t trial) (r result, ok bool, err error) {
	dir := b.directory(m, t)
	in, err := record.Open(dir)
	if err != nil {
		return r, false, nil
	}
	if r.summary, err = in.Summary(); err != nil {
		return r, false, missing(err)
	}
	if s := r.summary.Status; s != record.Done && s != record.Failed {
		return r, false, nil
	}
	if r.manifest, err = in.Manifest(); err != nil {
		return r, false, missing(err)
	}
	if err := sameOptions(dir, r.manifest.Command, b.arguments(m, t)); err != nil {
		return r, false, err
	}
	metrics, err := in.Metrics()
	if err != nil {
		return r, false, missing(err)
	}
	for _, s := range metrics.Steps {
		r.seconds = append(r.seconds, float64(s.Seconds))
	}
	if r.summary.Status == record.Done {
		return r, true, nil
	}
	r.failure = r.summary.Message
	return r, slices.ContainsFunc(metrics.Events, func(e record.EventRecord) bool { return e.Event == "non-finite" }), nil
}

// missing lets go of the error of a file that is not there: its run never got so far.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sameOptions refuses a run whose command line differs in what decides its numbers.
func sameOptions(dir string, made, wanted []string) error {
	if len(made) > 0 && slices.Equal(deciding(made[1:]), deciding(wanted)) {
		return nil
	}
	return fmt.Errorf("%s was made by `revgn %s`, now it would be `revgn %s`: choose another --out, or remove %s", dir,
		strings.Join(deciding(made[min(1, len(made)):]), " "), strings.Join(deciding(wanted), " "), filepath.Dir(dir))
}

// deciding leaves out where data and results lie.
func deciding(args []string) []string {
	var kept []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--out" || args[i] == "--data-dir" {
			i++
			continue
		}
		kept = append(kept, args[i])
	}
	return kept
}

// train makes the run of a trial, over whatever an interrupted one left. A run that failed under way is a result; one that could not begin, or was stopped,
// is an error.
func (b *bench) train(ctx context.Context, m method, t trial) (result, error) {
	dir := b.directory(m, t)
	if err := os.RemoveAll(dir); err != nil {
		return result{}, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return result{}, err
	}
	log := dir + ".log"
	launched := b.output(ctx, log, b.arguments(m, t))
	if ctx.Err() != nil || launched != nil && exitCode(launched) == exitInterrupted {
		return result{}, interruptedError{}
	}
	r, ok, err := b.stored(m, t)
	switch {
	case err != nil:
		return r, err
	case launched != nil && !ok && !b.began(dir), launched != nil && exitCode(launched) == exitUsage:
		return r, fmt.Errorf("%s: %s (%w; see %s)", m.name, lastLine(log), launched, log)
	case !ok:
		r.failure = lastLine(log)
	}
	if b.keep {
		return r, nil
	}
	return r, os.RemoveAll(filepath.Join(dir, "checkpoints"))
}

// began says whether a run got as far as its first step: its directory holds a manifest.
func (b *bench) began(dir string) bool {
	in, err := record.Open(dir)
	if err == nil {
		_, err = in.Manifest()
	}
	return err == nil
}

// output launches a run with its output in a file.
func (b *bench) output(ctx context.Context, path string, args []string) error {
	log, err := os.Create(path)
	if err != nil {
		return err
	}
	defer log.Close()
	return b.launch(ctx, args, log)
}

// lastLine is the last line of a log with anything in it: revgn's error, where there is one.
func lastLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return strings.TrimPrefix(last, "revgn: ")
	}
	return "it ended without a word"
}

// launcher runs revgn with args until it has ended, its output going to log.
type launcher func(ctx context.Context, args []string, log io.Writer) error
