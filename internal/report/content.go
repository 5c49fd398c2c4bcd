// SPDX-License-Identifier: Apache-2.0

package report

import "context"

// Content is everything that a report shows.
type Content struct {
	Title     string
	Runs      []*Run
	Groups    []*Group
	Differing []string // options in which runs differ, the seed included
	Points    int      // that a curve has at most
}

// Load reads runs and gathers their groups.
func Load(ctx context.Context, dirs []string, title string) (*Content, error) {
	var runs []*Run
	for _, dir := range dirs {
		r, err := loadOptions(dir)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	nameApart(runs)
	return gather(ctx, runs, title, (*Run).load)
}

// gather makes the content of runs whose options are known. The curves of a group's runs, which load reads, are held at every step only while the group's means
// are computed.
func gather(ctx context.Context, runs []*Run, title string, load func(*Run)) (*Content, error) {
	c := &Content{Title: title, Runs: runs, Groups: groupsOf(runs), Differing: differing(runs)}
	err := each(ctx, c.Groups, func(g *Group) {
		for _, r := range g.Runs {
			load(r)
		}
		g.gather()
		c.thinGroup(g, maxPoints)
	})
	if err != nil {
		return nil, err
	}
	c.fit()
	return c, nil
}

func (c *Content) thinGroup(g *Group, n int) {
	g.thin(n)
	for _, r := range g.Runs {
		r.thin(n)
	}
}

const (
	maxPoints = 2048 // of a curve: more than a screen has columns
	minPoints = 64
	// budget is how many points the page holds: about 10 bytes each.
	budget = 600_000
	// couplingBudget is that of the couplings' figures, which many runs of many couplings would fill alone.
	couplingBudget = 150_000
)

// fit thins curves until the page holds no more points than the budget.
func (c *Content) fit() {
	c.Points = maxPoints
	for c.points() > budget && c.Points > minPoints {
		c.Points = c.Points * 3 / 4
		for _, g := range c.Groups {
			c.thinGroup(g, c.Points)
		}
	}
	c.dropCouplings()
}

// points is how many points curves have, couplings apart.
func (c *Content) points() int {
	n := 0
	for _, g := range c.Groups {
		for _, b := range g.Bands {
			n += 2 * len(b.Step) // a step and three values
		}
		for _, r := range g.Runs {
			for _, t := range r.Traces {
				n += t.Len()
			}
		}
	}
	return n
}

// dropCouplings keeps the couplings of as many runs as the budget has room for: the first run of every group before the second of any.
func (c *Content) dropCouplings() {
	left := couplingBudget
	for place := range c.largest() {
		for _, g := range c.Groups {
			if place >= len(g.Runs) {
				continue
			}
			r := g.Runs[place]
			n := 0
			for _, k := range r.Couplings {
				for _, t := range k.Traces {
					n += t.Len()
				}
			}
			if n == 0 {
				continue
			}
			if n > left {
				r.Couplings = nil
				r.Notes = append(r.Notes, "its couplings are left out for the size of the page: make a report of it alone")
				continue
			}
			left -= n
		}
	}
}

func (c *Content) largest() int {
	n := 0
	for _, g := range c.Groups {
		n = max(n, len(g.Runs))
	}
	return n
}
