// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/data"
	"revgn/internal/nearest"
	"revgn/internal/task"
)

// dataOptions are those that the data commands share.
type dataOptions struct {
	dir  string
	json bool
}

func (o *dataOptions) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.dir, "data-dir", "", "where data sets lie (default $REVGN_DATA, else revgn/data in the user's cache directory)")
}

func (o *dataOptions) addJSON(fs *pflag.FlagSet) {
	fs.BoolVar(&o.json, "json", false, "print one JSON value instead of text")
}

// newDataCommand is `revgn data` with its three subcommands.
func newDataCommand() *cobra.Command {
	o := &dataOptions{}
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List, download and describe data sets",
		Long: `List, download and describe data sets.

digits is embedded, teacher and synthetic are computed. The others lie below the
data directory: mnist/, fashion-mnist/, cifar10/ (or cifar10-subset/), cifar100/.`,
		Args: noArgs,
	}
	o.addFlags(cmd.PersistentFlags())
	cmd.AddCommand(newDataListCommand(o), newDataGetCommand(o), newDataInfoCommand(o))
	return cmd
}

// publishedDataSets are those that can be downloaded.
func publishedDataSets() []string {
	return slices.DeleteFunc(data.Names(), func(name string) bool { return name == "digits" || task.Is(name) })
}

// gettableDataSets refuses what is no data set, and tells what can be downloaded; of what need not be, the command itself says why.
func gettableDataSets(cmd *cobra.Command, names []string) error {
	for _, name := range names {
		if kind, _, file := strings.Cut(name, ":"); !file && !slices.Contains(data.Names(), kind) {
			return fmt.Errorf("unknown data set %q; allowed: %s%s", name, strings.Join(publishedDataSets(), ", "), nearest.Hint(name, data.Names()))
		}
	}
	return knownDataSets(cmd, names)
}

// knownDataSets refuses a name that is no data set, and options that a computed task does not have; csv:FILE and npz:FILE pass.
func knownDataSets(_ *cobra.Command, names []string) error {
	for _, name := range names {
		if kind, _, file := strings.Cut(name, ":"); file && (kind == "csv" || kind == "npz") {
			continue
		}
		if task.Is(name) {
			if _, err := task.Parse(name); err != nil {
				return err
			}
			continue
		}
		if !slices.Contains(data.Names(), name) {
			return fmt.Errorf("unknown data set %q; allowed: %s, csv:FILE, npz:FILE%s",
				name, strings.Join(data.Names(), ", "), nearest.Hint(name, data.Names()))
		}
	}
	return nil
}

// printJSON writes v as indented JSON and a newline.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
