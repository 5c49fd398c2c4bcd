// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"cmp"
	"time"

	"revgn/internal/record"
	"revgn/internal/tfevents"
)

// Run is what mirrors are told of a run beside its lines.
type Run struct {
	Dir      string
	Name     string
	Config   []byte          // config.yaml
	Manifest record.Manifest // Started is when the run began, and does not change when it is resumed
}

// Options say which mirrors there are.
type Options struct {
	TensorBoard bool   // event files in the run directory
	MLflow      string // directory of an MLflow file store, "" for none
}

// Mirrors are the other forms of a run's metrics.jsonl. They are a record.Mirror.
type Mirrors struct {
	clock clock
	sinks []sink
}

// sink is one form. Its methods are called in this order.
type sink interface {
	// rebuild writes it anew: lines hands what the lines so far hold to its argument.
	rebuild(lines func(add func(at time.Time, p point) error) error) error
	append(at time.Time, p point) error
	// end says how the run stands now that it has ended.
	end(at time.Time, status record.Status) error
	close() error
}

// Begin writes the mirrors of a run anew from its metrics.jsonl. Settings are the options of config.yaml.
func Begin(run Run, options Options) (*Mirrors, error) {
	settings, err := parseSettings(run.Config)
	if err != nil {
		return nil, err
	}
	m := &Mirrors{}
	if options.TensorBoard {
		m.sinks = append(m.sinks, &board{run: run, settings: settings})
	} else if err := tfevents.Remove(run.Dir); err != nil { // they would stay behind metrics.jsonl
		return nil, record.MirrorError(err)
	}
	if options.MLflow != "" {
		m.sinks = append(m.sinks, &flow{run: run, settings: settings, root: options.MLflow})
	}
	for _, s := range m.sinks {
		m.clock = clock{start: run.Manifest.Started}
		err := s.rebuild(func(add func(time.Time, point) error) error {
			return record.EachLine(run.Dir, func(l record.Line) error { return add(m.clock.tick(l), pointOf(l)) })
		})
		if err != nil {
			return nil, cmp.Or(record.MirrorError(err), m.Close())
		}
	}
	return m, nil
}

// Append adds a line that was written to metrics.jsonl.
func (m *Mirrors) Append(l record.Line) error {
	if len(m.sinks) == 0 {
		return nil
	}
	at, p := m.clock.tick(l), pointOf(l)
	for _, s := range m.sinks {
		if err := s.append(at, p); err != nil {
			return err
		}
	}
	return nil
}

// End says how the run stands, and closes the mirrors.
func (m *Mirrors) End(status record.Status) error {
	now := time.Now()
	for _, s := range m.sinks {
		if err := s.end(now, status); err != nil {
			return cmp.Or(record.MirrorError(err), m.Close())
		}
	}
	return m.Close()
}

// Close leaves the mirrors as they are. It may be called twice.
func (m *Mirrors) Close() error {
	var err error
	for _, s := range m.sinks {
		err = cmp.Or(err, record.MirrorError(s.close()))
	}
	m.sinks = nil
	return err
}
