// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Table is one kind of metrics lines, a row a line: the fields of nested objects have their path for a name, block0.f.rank for the rank of the coupling block0.f.
type Table struct {
	Columns []string
	// Rows have a text a column: "" where the line has no such field, NaN where its number is not finite, else what reads back to the same bits.
	Rows [][]string
}

// TableKinds lists the kinds of lines that make a table.
func TableKinds() []string { return []string{kindStep, kindEval, kindProbe, kindEvent} }

// Table gathers the lines of a kind, one of TableKinds. It has the columns that some line has, in the order of the lines' own fields.
func (m *Metrics) Table(kind string) (Table, error) {
	switch kind {
	case kindStep:
		return tableOf(m.Steps), nil
	case kindEval:
		return tableOf(m.Evals), nil
	case kindProbe:
		return tableOf(m.Probes), nil
	case kindEvent:
		return tableOf(m.Events), nil
	}
	return Table{}, fmt.Errorf("kind: got %q; allowed: %s", kind, strings.Join(TableKinds(), ", "))
}

// cell is a field of one line; present says whether the line has it.
type cell struct {
	column, text string
	present      bool
}

func tableOf[R any](records []R) Table {
	lines := make([][]cell, len(records))
	var all []string
	has := map[string]bool{}
	for i, rec := range records {
		lines[i] = cellsOf(reflect.ValueOf(rec), "", true, nil)
		all = withColumns(all, lines[i])
		for _, c := range lines[i] {
			has[c.column] = has[c.column] || c.present
		}
	}
	t := Table{Columns: slices.DeleteFunc(all, func(name string) bool { return !has[name] })}
	at := make(map[string]int, len(t.Columns))
	for i, name := range t.Columns {
		at[name] = i
	}
	for _, line := range lines {
		row := make([]string, len(t.Columns))
		for _, c := range line {
			if c.present {
				row[at[c.column]] = c.text
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// withColumns puts the columns that a line is the first to have behind those that stand before them in the line.
func withColumns(columns []string, line []cell) []string {
	next := 0
	for _, c := range line {
		if next < len(columns) && columns[next] == c.column {
			next++
			continue
		}
		if i := slices.Index(columns, c.column); i >= 0 {
			next = i + 1
			continue
		}
		columns = slices.Insert(columns, next, c.column)
		next++
	}
	return columns
}

// cellsOf appends the fields of a record. It goes by type, so that a field added to a record cannot be forgotten.
func cellsOf(v reflect.Value, path string, present bool, cells []cell) []cell {
	switch x := v.Interface().(type) {
	case Number:
		return append(cells, cell{path, numberText(x), present})
	case Optional:
		return append(cells, cell{path, numberText(x.Value), present && x.Set})
	case []string:
		return append(cells, cell{path, strings.Join(x, " "), present})
	case []int:
		return append(cells, cell{path, strings.Trim(fmt.Sprint(x), "[]"), present})
	}
	switch v.Kind() {
	case reflect.Slice: // of couplings, which have their name for a first field
		for i := range v.Len() {
			coupling := v.Index(i)
			cells = append(cells, cellsOf(coupling, coupling.Field(0).String(), present, nil)[1:]...) // all but the name, which is in the columns'
		}
		return cells
	case reflect.Pointer:
		if v.IsNil() {
			return cellsOf(reflect.Zero(v.Type().Elem()), path, false, cells)
		}
		return cellsOf(v.Elem(), path, present, cells)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			cells = cellsOf(v.Field(i), joinPath(path, field), present && !leftOut(field, v.Field(i)), cells)
		}
		return cells
	case reflect.Float64:
		return append(cells, cell{path, numberText(Number(v.Float())), present})
	}
	return append(cells, cell{path, fmt.Sprint(v.Interface()), present})
}

// leftOut tells whether JSON leaves the field out because it is empty.
func leftOut(f reflect.StructField, v reflect.Value) bool {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return options == "omitempty" && v.IsZero()
}

// numberText is the shortest decimal that reads back to the same bits.
func numberText(n Number) string {
	v := float64(n)
	if math.IsInf(v, 0) {
		v = math.NaN() // a file of metrics does not tell them apart either
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
