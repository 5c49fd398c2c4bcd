// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"

	"revgn/internal/record"
)

// exportMetrics writes one kind of metrics lines as CSV and prints where; to stdout it writes nothing else.
func exportMetrics(dir string, o exportOptions, stdout io.Writer) error {
	run, err := record.Open(dir)
	if err != nil {
		return err
	}
	metrics, err := run.Metrics()
	if err != nil {
		return err
	}
	table, err := metrics.Table(o.kind)
	if err != nil {
		return err
	}
	if len(table.Rows) == 0 {
		return fmt.Errorf("%s: metrics.jsonl holds no line of kind %s", dir, o.kind)
	}
	if o.out == "-" {
		return writeCSV(stdout, table)
	}
	path := o.out
	if path == "" {
		path = filepath.Clean(dir) + "-" + o.kind + ".csv"
	}
	var b bytes.Buffer
	if err := writeCSV(&b, table); err != nil {
		return err
	}
	if err := writeTarget(path, b.Bytes()); err != nil {
		return err
	}
	note := ""
	if metrics.CutShort {
		note = "; the last line of metrics.jsonl has no end and is left out"
	}
	_, err = fmt.Fprintf(stdout, "%s: %d rows of kind %s, %d columns%s\n", path, len(table.Rows), o.kind, len(table.Columns), note)
	return err
}

func writeCSV(w io.Writer, t record.Table) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.Columns); err != nil {
		return err
	}
	return out.WriteAll(t.Rows)
}
