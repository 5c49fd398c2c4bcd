// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// cross applies the group to every combination that meets its conditions.
func (g Group) cross(combinations [][]config.Given) ([][]config.Given, error) {
	var next [][]config.Given
	for _, c := range combinations {
		holds, err := g.holds(c)
		if err != nil {
			return nil, err
		}
		if !holds {
			next = append(next, c)
			continue
		}
		next = append(next, g.apply(c)...)
		if len(next) > mostRuns {
			return nil, fmt.Errorf("the axes make more than %d combinations; is that meant? Make several sweeps of it", mostRuns)
		}
	}
	return next, nil
}

func (g Group) apply(c []config.Given) [][]config.Given {
	all := [][]config.Given{c}
	zips := g.Zips
	for _, a := range slices.Concat(g.Axes, g.Fixed) {
		zips = append(zips[:len(zips):len(zips)], []Axis{a})
	}
	// Axes first, so that they are the slower ones; zips follow in their order.
	slices.SortStableFunc(zips, func(a, b []Axis) int { return len(a) - len(b) })
	for _, zip := range zips {
		var next [][]config.Given
		for _, c := range all {
			for i := range zip[0].Values {
				next = append(next, with(c, zip, i))
			}
			if len(next) > mostRuns {
				return next
			}
		}
		all = next
	}
	return all
}

// with is a combination with the i-th values of a zip in place of what it had of those options.
func with(c []config.Given, zip []Axis, i int) []config.Given {
	out := slices.Clone(c)
	for _, a := range zip {
		out = slices.DeleteFunc(out, func(g config.Given) bool { return g.Name == a.Name })
		out = append(out, config.Given{Name: a.Name, Value: a.Values[i], Where: a.Where})
	}
	return out
}

// holds says whether a combination meets the conditions, by its resolved options.
func (g Group) holds(c []config.Given) (bool, error) {
	if len(g.If) == 0 {
		return true, nil
	}
	o, err := config.Assemble(c)
	if err != nil {
		return false, err
	}
	for _, condition := range g.If {
		if !slices.Contains(condition.Values, o.Value(condition.Name)) {
			return false, nil
		}
	}
	return true, nil
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
