// SPDX-License-Identifier: Apache-2.0

package report

// Differences are a line an option in which the runs differ, and a column a run.
func (c *Content) Differences() Table {
	t := c.perRun("differences", "options that differ")
	for _, name := range c.Differing {
		row := []Cell{Word(name)}
		for _, r := range c.Runs {
			row = append(row, option(ValueOf(r.Options, name)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Reached are a line a score, and a column a run.
func (c *Content) Reached() Table {
	t := c.perRun("reached", "what they reached")
	scores := c.runsTable()
	const firstScore = 2 // after the run and its group
	for column := firstScore; column < len(scores.Columns); column++ {
		row := []Cell{Word(scores.Columns[column])}
		for _, r := range c.Runs {
			row = append(row, scores.Rows[c.rowOf(r)][column])
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// perRun is a table without lines that has a column for what they are about and one a run.
func (c *Content) perRun(id, about string) Table {
	t := Table{ID: id, Columns: []string{about}}
	for _, r := range c.Runs {
		t.Columns = append(t.Columns, r.Name)
	}
	return t
}

// rowOf is the line of a run in the table of runs, which goes by groups.
func (c *Content) rowOf(run *Run) int {
	n := 0
	for _, g := range c.Groups {
		for _, r := range g.Runs {
			if r == run {
				return n
			}
			n++
		}
	}
	return -1
}
