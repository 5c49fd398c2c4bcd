// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// tableLine is a line of the table and what it is sorted by.
type tableLine struct {
	method, text string
	loss         float64 // mean training loss, infinite where there is none
}

// kept reads the lines that the document holds of methods without runs here, and what it says of where their runs were made. The table may thus grow on several machines.
func (b *bench) kept(rows []row) (lines []tableLine, settings string, err error) {
	table, err := owned().Read(b.write)
	if err != nil {
		return nil, "", err
	}
	if table == "" {
		return nil, "", nil
	}
	if !strings.Contains(table, b.command()) {
		return nil, "", fmt.Errorf("merge: the table in %s was not made by %s", b.write, b.command())
	}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, settingLead) {
			settings = strings.TrimSpace(line)
		}
		cells := strings.Split(line, " | ")
		name := strings.TrimPrefix(cells[0], "| ")
		here := slices.ContainsFunc(rows, func(r row) bool { return r.method.name == name })
		if len(cells) != columns || here || !slices.Contains(names(b.methods), name) {
			continue
		}
		lines = append(lines, tableLine{name, line, leading(cells[lossColumn])})
	}
	return lines, settings, nil
}

// leading is the number that a cell begins with, infinite where it begins with none.
func leading(cell string) float64 {
	first, _, _ := strings.Cut(cell, " ")
	v, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return math.Inf(1)
	}
	return v
}

// sorted puts lines in order of the loss.
func sorted(lines []tableLine) []tableLine {
	slices.SortStableFunc(lines, func(x, y tableLine) int { return cmp.Compare(x.loss, y.loss) })
	return lines
}
