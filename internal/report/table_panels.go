// SPDX-License-Identifier: Apache-2.0

package report

// panelTables are the numbers of every panel. They are files alone.
func (c *Content) panelTables() []Table {
	var list []Table
	for _, p := range c.panels() {
		list = append(list, p.Table())
	}
	return list
}

// Table are the points of a panel's curves, or the cells of its heat map.
func (p Panel) Table() Table {
	if p.Heat != nil {
		return p.heatTable()
	}
	t := Table{ID: p.ID, Columns: []string{"curve", p.Lines.X, p.Lines.Y, "from", "to"}}
	for _, c := range p.Lines.Curves {
		for i := range c.X {
			row := []Cell{Word(c.Label), Num(c.X[i]), Num(c.Y[i]), {}, {}}
			if c.Lo != nil {
				row[3], row[4] = Num(c.Lo[i]), Num(c.Hi[i])
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func (p Panel) heatTable() Table {
	h := p.Heat
	t := Table{ID: p.ID, Columns: []string{h.RowTitle, h.ColTitle, "value"}}
	for i, values := range h.Values {
		for j, v := range values {
			t.Rows = append(t.Rows, []Cell{Word(h.Rows[i]), Word(h.Cols[j]), Num(v)})
		}
	}
	return t
}
