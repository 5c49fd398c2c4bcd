// SPDX-License-Identifier: Apache-2.0

package report

// curveTables are the points of every figure: single runs, and the means of groups. They are files alone.
func (c *Content) curveTables() []Table {
	var list []Table
	for _, q := range c.quantities() {
		t := Table{ID: "curve-" + q.ID, Columns: []string{"group", "run", "step", "epoch", "seconds", "value", "from", "to"}}
		for _, g := range c.Groups {
			for _, r := range g.Runs {
				t.addTrace(g, r, r.Traces[q.ID])
			}
			t.addBand(g, g.Bands[q.ID])
		}
		list = append(list, t)
	}
	return list
}

func (t *Table) addTrace(g *Group, r *Run, trace *Trace) {
	if trace == nil {
		return
	}
	for i, step := range trace.Step {
		epoch, seconds := r.Clock.At(step)
		t.Rows = append(t.Rows, []Cell{Word(g.Label), Word(r.Name), Num(step), Num(epoch), Num(seconds), Num(trace.Y[i]), {}, {}})
	}
}

// addBand adds a group's mean, whose run is "mean".
func (t *Table) addBand(g *Group, b *Band) {
	if b == nil {
		return
	}
	for i, step := range b.Step {
		epoch, seconds := g.Clock.At(step)
		t.Rows = append(t.Rows, []Cell{Word(g.Label), Word("mean"), Num(step), Num(epoch), Num(seconds), Num(b.Mean[i]), Num(b.Lo[i]), Num(b.Hi[i])})
	}
}

// At is the epoch and the seconds of a step, linearly between knots.
func (c Clock) At(step float64) (epoch, seconds float64) {
	n := len(c.Step)
	if n == 0 {
		return 0, 0
	}
	k := 0
	for lo, hi := 0, n-1; lo <= hi; {
		if m := (lo + hi) / 2; c.Step[m] <= step {
			k, lo = m, m+1
		} else {
			hi = m - 1
		}
	}
	if k == n-1 {
		return c.Epoch[k], c.Seconds[k]
	}
	part := (step - c.Step[k]) / (c.Step[k+1] - c.Step[k])
	return c.Epoch[k] + part*(c.Epoch[k+1]-c.Epoch[k]), c.Seconds[k] + part*(c.Seconds[k+1]-c.Seconds[k])
}
