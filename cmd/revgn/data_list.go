// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"revgn/data"
)

func newDataListCommand(o *dataOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show each data set, whether it is there, and where",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDataList(o, cmd.OutOrStdout()) },
	}
	o.addJSON(cmd.Flags())
	return cmd
}

func runDataList(o *dataOptions, stdout io.Writer) error {
	dir, err := data.Dir(o.dir)
	if err != nil {
		return err
	}
	entries := data.List(dir)
	if o.json {
		return printJSON(stdout, entries)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTHERE\tPLACE")
	for _, e := range entries {
		there, place := "yes", e.Place
		if !e.Present {
			there, place = "no", "revgn data get "+e.Name
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, there, place)
	}
	fmt.Fprintf(w, "csv:FILE, npz:FILE\t-\tfiles of your own\n")
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "data directory: %s\n", dir)
	return err
}
