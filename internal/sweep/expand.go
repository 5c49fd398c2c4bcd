// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"revgn/internal/config"
)

// mostRuns is the largest sweep that is taken for what was meant.
const mostRuns = 100_000

// Run is one run of a sweep.
type Run struct {
	ID      string // of the resolved options
	Name    string // of its directory, ends with the id
	Varies  []Setting
	Options config.Options // valid, without out and name
}

// Setting is an option and its value.
type Setting struct {
	Name  string `json:"name" yaml:"name"`
	Value string `json:"value" yaml:"value"`
}

// Expansion is what a definition comes to.
type Expansion struct {
	Runs     []Run // each once, the first axis slowest
	Combined int   // combinations of values, of which several may be the same run
	Invalid  []Invalid
	// Unread are the options that were asked for but that no run reads.
	Unread []string
}

// Invalid is a combination that cannot hold.
type Invalid struct {
	What string
	Err  error
}

// Expand returns the runs of a definition.
func (d Definition) Expand() (Expansion, error) {
	var e Expansion
	combinations := [][]config.Given{nil}
	for _, g := range d.Groups {
		if err := g.check(); err != nil {
			return e, err
		}
		var err error
		if combinations, err = g.cross(combinations); err != nil {
			return e, err
		}
	}
	e.Combined = len(combinations)
	asked := d.axisNames()
	made, read := map[string]bool{}, map[string]bool{}
	for _, c := range combinations {
		run, dropped, err := resolve(c)
		if err != nil {
			e.Invalid = append(e.Invalid, Invalid{d.what(c, asked), err})
			continue
		}
		for _, g := range c {
			read[g.Name] = read[g.Name] || !slices.Contains(dropped, g.Name) && !run.Options.Ignores(g.Name)
		}
		if made[run.ID] {
			continue
		}
		made[run.ID] = true
		e.Runs = append(e.Runs, run)
	}
	for _, c := range combinations {
		for _, g := range c {
			if !read[g.Name] && !slices.Contains(e.Unread, g.Name) && len(e.Runs) > 0 {
				e.Unread = append(e.Unread, g.Name)
			}
		}
	}
	vary(e.Runs, asked)
	for i := range e.Runs {
		e.Runs[i].Name = readable(e.Runs[i]) + "-" + e.Runs[i].ID
	}
	return e, nil
}

// what names a combination by what varies, or whole where nothing does.
func (d Definition) what(c []config.Given, asked []string) string {
	var some []config.Given
	for _, g := range c {
		if slices.Contains(asked, g.Name) {
			some = append(some, g)
		}
	}
	if some == nil {
		some = c
	}
	return describe(some)
}

// resolve is the run of a combination, and the options that it does not read.
func resolve(c []config.Given) (Run, []string, error) {
	o, err := config.Assemble(c)
	if err != nil {
		return Run{}, nil, err
	}
	o.Config = ""
	o, dropped, err := o.Settled()
	if err != nil {
		return Run{}, nil, err
	}
	if err := o.Validate(); err != nil {
		return Run{}, nil, err
	}
	return Run{ID: ID(o), Options: o}, dropped, nil
}

// idDigits is the length of an id: of ten thousand runs two share one with a probability of 5e-5, and then neither is run.
const idDigits = 10

// ID is the hash of what options decide.
func ID(o config.Options) string {
	sum := sha256.Sum256([]byte("revgn run\n" + o.Identity()))
	return hex.EncodeToString(sum[:])[:idDigits]
}
