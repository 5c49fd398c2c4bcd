// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"revgn/internal/lease"
	"revgn/internal/safefile"
)

// format is that of sweep.json.
const format = 1

// stored is sweep.json: the runs, with their options resolved. It holds nothing of how they stand.
type stored struct {
	Format      int      `json:"format"`
	Definitions []string `json:"definitions"` // as given, in YAML, the earliest first
	Runs        []entry  `json:"runs"`
}

type entry struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`   // of the directory under runs/
	Varies []string `json:"varies"` // names of options
	Train  []string `json:"train"`  // options of train that decide numbers
}

// head stands on top of sweep.yaml, which is for people: programs read sweep.json.
const head = `# What this sweep was asked for. "revgn sweep DIR" goes on with it, "revgn sweep status DIR" tells how it stands.
`

// maxStored bounds sweep.json: a hundred thousand runs.
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

// Named are runs with the names that the directory has for them; nothing is written.
func (d Directory) Named(runs []Run) ([]Run, error) {
	known, err := d.load()
	return named(runs, known.names()), err
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
	for id, name := range there { // sweep.json was lost
		if names[id] == "" {
			names[id] = name
		}
	}
	runs = named(runs, names)
	known.Format = format
	if given != "" {
		known.Definitions = append(known.Definitions, given)
	}
	for _, run := range runs {
		if slices.ContainsFunc(known.Runs, func(e entry) bool { return e.ID == run.ID }) {
			continue
		}
		e, err := newEntry(run)
		if err != nil {
			return nil, err
		}
		known.Runs = append(known.Runs, e)
	}
	return runs, d.save(known)
}

// save writes sweep.json, and sweep.yaml for people, each whole or not at all.
func (d Directory) save(s stored) error {
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		text []byte
	}{{d.file(), append(text, '\n')}, {d.people(), []byte(head + strings.Join(s.Definitions, "---\n"))}} {
		if err := renameio.WriteFile(f.path, f.text, 0o644, renameio.WithTempDir(string(d))); err != nil {
			return fmt.Errorf("cannot write %s: %w", f.path, err)
		}
	}
	return nil
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

// load reads sweep.json; where there is none it is empty.
func (d Directory) load() (stored, error) {
	var s stored
	text, err := safefile.Read(d.file(), maxStored)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("cannot read %s: %w", d.file(), err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s is damaged: %w (remove it, and the command that made it writes it again)", d.file(), err)
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

// Read returns the runs of a sweep directory, in the order in which they came.
func (d Directory) Read() ([]Run, error) {
	s, err := d.load()
	if err != nil {
		return nil, err
	}
	if s.Runs == nil {
		return nil, fmt.Errorf("%s holds no sweep: there is no sweep.json in it (give the directory that `revgn sweep` printed)", d)
	}
	runs := make([]Run, len(s.Runs))
	var asked []string
	for i, e := range s.Runs {
		if runs[i], err = e.run(); err != nil {
			return nil, fmt.Errorf("%s: run %s: %w", d.file(), e.ID, err)
		}
		for _, name := range e.Varies {
			if !slices.Contains(asked, name) && Options().Lookup(name) != nil {
				asked = append(asked, name)
			}
		}
	}
	vary(runs, asked)
	return runs, nil
}
