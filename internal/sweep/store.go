// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/renameio/v2"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/lease"
)

// format is that of sweep.yaml.
const format = 1

// stored is sweep.yaml.
type stored struct {
	Format      int      `yaml:"format"`
	Definitions []string `yaml:"definitions"` // as given, the earliest first
	Runs        []entry  `yaml:"runs"`
}

type entry struct {
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"`
	Varies []string `yaml:"varies,flow"`
	Train  []string `yaml:"train,flow"` // options of train
}

const head = `# A sweep of revgn: what was asked for, and the runs that it comes to.
# "revgn sweep DIR" goes on with it, "revgn sweep status DIR" tells how it stands.
`

// maxStored bounds sweep.yaml: a hundred thousand runs.
const maxStored = 64 << 20

// Add makes the directory hold the runs too, beside those that it had, and returns them in their order with the names that they have there. Given is what
// was asked for, in the words of who asked.
func (d Directory) Add(ctx context.Context, room *lease.Room, given string, runs []Run) ([]Run, error) {
	if err := d.prepare(); err != nil {
		return nil, err
	}
	if known, err := d.load(); err != nil {
		return nil, err
	} else if !known.lacks(runs) {
		return named(runs, known.names()), nil
	}
	held, err := wait(ctx, room, "sweep")
	if err != nil {
		return nil, err
	}
	named, err := d.add(given, runs)
	return named, errors.Join(err, held.Release(false))
}

// wait takes a lease that others hold for a moment only.
func wait(ctx context.Context, room *lease.Room, name string) (*lease.Lease, error) {
	for {
		l, err := room.Acquire(name)
		var held *lease.HeldError
		if !errors.As(err, &held) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (d Directory) add(given string, runs []Run) ([]Run, error) {
	known, err := d.load()
	if err != nil {
		return nil, err
	}
	names := known.names()
	there, err := d.names()
	if err != nil {
		return nil, err
	}
	for id, name := range there { // sweep.yaml was lost
		if names[id] == "" {
			names[id] = name
		}
	}
	runs = named(runs, names)
	known.Format = format
	known.Definitions = append(known.Definitions, given)
	for _, run := range runs {
		if slices.ContainsFunc(known.Runs, func(e entry) bool { return e.ID == run.ID }) {
			continue
		}
		args, err := run.Options.Args()
		if err != nil {
			return nil, err
		}
		var varies []string
		for _, s := range run.Varies {
			varies = append(varies, s.Name+"="+s.Value)
		}
		known.Runs = append(known.Runs, entry{run.ID, run.Name, varies, args})
	}
	text, err := yaml.Marshal(known)
	if err != nil {
		return nil, err
	}
	if err := renameio.WriteFile(d.file(), append([]byte(head), text...), 0o644, renameio.WithTempDir(string(d))); err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", d.file(), err)
	}
	return runs, nil
}

// named are the runs with the names that they have already.
func named(runs []Run, names map[string]string) []Run {
	runs = slices.Clone(runs)
	for i := range runs {
		if name := names[runs[i].ID]; name != "" {
			runs[i].Name = name
		}
	}
	return runs
}

func (s stored) names() map[string]string {
	names := map[string]string{}
	for _, e := range s.Runs {
		names[e.ID] = e.Name
	}
	return names
}

func (s stored) lacks(runs []Run) bool {
	names := s.names()
	return slices.ContainsFunc(runs, func(r Run) bool { return names[r.ID] == "" })
}

// load reads sweep.yaml; where there is none it is empty.
func (d Directory) load() (stored, error) {
	f, err := os.Open(d.file())
	if errors.Is(err, fs.ErrNotExist) {
		return stored{}, nil
	}
	if err != nil {
		return stored{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxStored+1))
	if err != nil {
		return stored{}, fmt.Errorf("cannot read %s: %w", d.file(), err)
	}
	if len(text) > maxStored {
		return stored{}, fmt.Errorf("%s is larger than %d bytes; is it a sweep?", d.file(), maxStored)
	}
	var s stored
	if err := yaml.Unmarshal(text, &s); err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return s, fmt.Errorf("%s is damaged: %s (remove it, and the command that made it writes it again)", d.file(), line)
	}
	if s.Format != format {
		return s, fmt.Errorf("%s has format %d, want %d (written by another version of revgn)", d.file(), s.Format, format)
	}
	for _, e := range s.Runs {
		if err := e.check(); err != nil {
			return s, fmt.Errorf("%s: run %q: %w", d.file(), e.ID, err)
		}
	}
	return s, nil
}

// check refuses names that could lead out of the directory.
func (e entry) check() error {
	if e.Name != plain(e.Name) || len(e.Name) > 200 || strings.HasPrefix(e.Name, ".") || !strings.HasSuffix(e.Name, "-"+e.ID) || len(e.ID) != idDigits || strings.Trim(e.ID, "0123456789abcdef") != "" {
		return fmt.Errorf("got the name %q; want letters, digits and -._+ that end with its id", e.Name)
	}
	return nil
}

// Read returns the runs of a sweep directory, in the order in which they came.
func (d Directory) Read() ([]Run, error) {
	s, err := d.load()
	if err != nil {
		return nil, err
	}
	if s.Runs == nil {
		return nil, fmt.Errorf("%s holds no sweep: there is no sweep.yaml in it (give the directory that `revgn sweep` printed)", d)
	}
	runs := make([]Run, len(s.Runs))
	var asked []string
	for i, e := range s.Runs {
		if runs[i], err = e.run(); err != nil {
			return nil, fmt.Errorf("%s: run %s: %w", d.file(), e.ID, err)
		}
		for _, v := range e.Varies {
			if name, _, _ := strings.Cut(v, "="); !slices.Contains(asked, name) && Options().Lookup(name) != nil {
				asked = append(asked, name)
			}
		}
	}
	vary(runs, asked)
	return runs, nil
}

// run resolves the options that are stored.
func (e entry) run() (Run, error) {
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	if err := fs.Parse(e.Train); err != nil {
		return Run{}, err
	}
	var given []config.Given
	fs.Visit(func(f *pflag.Flag) {
		given = append(given, config.Given{Name: f.Name, Value: f.Value.String(), Where: "train"})
	})
	for _, g := range given {
		if g.Name == "config" || slices.Contains(Unswept(), g.Name) {
			return Run{}, fmt.Errorf("got --%s, which is no option of a run in a sweep", g.Name)
		}
	}
	run, _, err := resolve(given)
	if err != nil {
		return run, err
	}
	if run.ID != e.ID {
		return run, fmt.Errorf("its options have the id %s (written by another version of revgn, or changed by hand)", run.ID)
	}
	run.Name = e.Name
	return run, nil
}
