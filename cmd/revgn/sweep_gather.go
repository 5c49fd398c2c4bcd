// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/cluster"
	"revgn/internal/config"
	"revgn/internal/nearest"
	"revgn/internal/safefile"
	"revgn/internal/sweep"
)

// gathered is what a command line asks for.
type gathered struct {
	sweepOptions
	dir      sweep.Directory
	part     cluster.Choice // of the runs, for this process; its zero value is the whole
	text     string         // the definition
	all      sweep.Expansion
	runs     []sweep.Run // those to be made, before they are shared out
	asked    bool        // a definition was given, rather than the directory
	machine  []string    // options of train that are this machine's matter
	metric   sweep.Metric
	contests []sweep.Contest
}

// gather resolves everything before anything starts.
func (o sweepOptions) gather(cmd *cobra.Command, args []string) (gathered, error) {
	g := gathered{sweepOptions: o}
	if err := o.check(); err != nil {
		return g, err
	}
	var err error
	if o.best != "" {
		if g.metric, err = sweep.ParseMetric(o.best); err != nil {
			return g, fmt.Errorf("best: %w", err)
		}
	}
	axes := givenAxes(cmd.Flags())
	for _, a := range axes {
		if slices.Contains(config.Placing(), a.Name) && a.Name != "config" {
			g.machine = append(g.machine, "--"+a.Name+"="+a.Values[0])
		}
	}
	if len(args) > 0 && sweep.Is(args[0]) {
		err = g.again(args[0], axes)
	} else {
		err = g.define(args, axes)
	}
	if err != nil {
		return g, err
	}
	if o.budget > 0 {
		if g.runs, err = sweep.Limit(g.runs, o.budget, o.groupBy); err != nil {
			return g, err
		}
	}
	g.contests = sweep.Compare(g.runs, nil, g.metric, o.groupBy)
	for _, run := range g.runs {
		run.Options.Config = string(g.dir)
		if err := trustBackend(cmd.Flags(), run.Options); err != nil {
			return g, err
		}
	}
	return g, nil
}

func (o sweepOptions) check() error {
	for _, n := range []struct {
		name             string
		value, low, high int
	}{{"workers", o.workers, 0, 1024}, {"threads", o.threads, 0, 4096}, {"nice", o.nice, 0, 19}, {"retries", o.retries, 0, 1000}, {"budget", o.budget, 0, 1e6}} {
		if n.value < n.low || n.value > n.high {
			return fmt.Errorf("%s: got %d; allowed: %d to %d", n.name, n.value, n.low, n.high)
		}
	}
	var names []string
	sweep.Options().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	switch {
	case !slices.Contains(names, o.groupBy):
		return fmt.Errorf("group-by: got %q; want an option of train%s", o.groupBy, nearest.Hint(o.groupBy, names))
	case o.timeLimit < 0 || o.stepTime < 0:
		return errors.New("time-limit: got less than 0; want a duration such as 90m, 0 for none")
	}
	return nil
}

// givenAxes are the options of train on the command line.
func givenAxes(fs *pflag.FlagSet) []sweep.Axis {
	var axes []sweep.Axis
	fs.Visit(func(f *pflag.Flag) {
		if list, ok := f.Value.(*config.List); ok {
			axes = append(axes, sweep.Axis{Name: f.Name, Values: list.Values(), Where: "--" + f.Name})
		}
	})
	return axes
}

// again takes the runs of a directory.
func (g *gathered) again(dir string, axes []sweep.Axis) error {
	for _, a := range axes {
		// backend is allowed to name a plugin that the directory alone may not.
		if !slices.Contains(config.Placing(), a.Name) && a.Name != "backend" {
			return fmt.Errorf("%s: %s holds a sweep, whose options stand; to add runs give all options anew, with --out %[2]s", a.Where, dir)
		}
	}
	if g.out != "" {
		return fmt.Errorf("out: got it together with the directory %s; give one of the two", dir)
	}
	g.dir = sweep.Directory(dir)
	var err error
	g.runs, err = g.dir.Read()
	g.all = sweep.Expansion{Runs: g.runs, Combined: len(g.runs)}
	return err
}

// define takes the runs of a file, of flags, or of both.
func (g *gathered) define(args []string, axes []sweep.Axis) error {
	g.asked = true
	var d sweep.Definition
	if len(args) > 0 {
		var text []byte
		var err error
		if d, text, err = readSweepFile(args[0]); err != nil {
			return err
		}
		g.text = string(text)
	}
	if len(args) == 0 && len(axes) == 0 {
		return errors.New("no options are given; want axes such as --lr 0.1,1 --seed 0..4, a file, or the directory of a sweep (see `revgn sweep --help`)")
	}
	d, err := d.Override(axes)
	if err != nil {
		return err
	}
	if len(axes) > 0 || g.text == "" {
		g.text = d.Text()
	}
	if g.all, err = d.Expand(); err != nil {
		return err
	}
	if n := len(g.all.Invalid); n > 0 && !g.skipInvalid {
		first := g.all.Invalid[0]
		return fmt.Errorf("%d of %d combinations cannot hold; the first is %s: %w (--skip-invalid leaves such out)", n, g.all.Combined, first.What, first.Err)
	}
	if len(g.all.Runs) == 0 {
		return errors.New("no combination of the options can hold, so there is no run")
	}
	g.runs = g.all.Runs
	g.dir = sweep.Directory(g.directory(args))
	return nil
}

func readSweepFile(path string) (sweep.Definition, []byte, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return sweep.Definition{}, nil, fmt.Errorf("%s holds no sweep: there is no sweep.json in it (give a file, or the directory that `revgn sweep` printed)", path)
	}
	d, text, err := sweep.ReadDefinition(path)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("cannot read %s: %w; want a file, or the directory of a sweep%s", path, safefile.Cause(err), nearest.Hint(path, []string{"emit", "plan", "status"}))
	}
	return d, text, err
}

// directory is the one that was given, or one that the same command gets again.
func (g *gathered) directory(args []string) string {
	switch {
	case g.out != "":
		return g.out
	case len(args) > 0:
		base := filepath.Base(args[0])
		return filepath.Join("runs", strings.TrimSuffix(base, filepath.Ext(base)))
	}
	ids := make([]string, len(g.runs))
	for i, run := range g.runs {
		ids[i] = run.ID
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return filepath.Join("runs", "sweep-"+hex.EncodeToString(sum[:])[:8])
}
