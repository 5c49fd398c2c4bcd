// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"revgn/data"
	"revgn/internal/task"
)

func newDataGetCommand(o *dataOptions) *cobra.Command {
	var offline bool
	cmd := &cobra.Command{
		Use:   "get NAME...",
		Short: "Download mnist, fashion-mnist, cifar10 or cifar100",
		Long: `Download data sets from where they are published into the data directory.

Every file is checked against its published SHA-256 before it takes its name.
An interrupted download goes on where it stopped when the command is repeated.`,
		Example: "  revgn data get mnist\n  revgn data get cifar10 cifar100 --data-dir ~/data",
		Args:    cobra.MatchAll(counted(1, many, "data set", "one or more of "+strings.Join(publishedDataSets(), ", ")), gettableDataSets),
		RunE: func(cmd *cobra.Command, names []string) error {
			offline = offline || offlineByEnvironment()
			return runDataGet(cmd.Context(), o, names, offline, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "do not use the network (also $REVGN_OFFLINE)")
	return cmd
}

// offlineByEnvironment says whether $REVGN_OFFLINE forbids the network: any value
// but the empty one, 0 and false does.
func offlineByEnvironment() bool {
	switch strings.ToLower(os.Getenv("REVGN_OFFLINE")) {
	case "", "0", "false":
		return false
	}
	return true
}

func runDataGet(ctx context.Context, o *dataOptions, names []string, offline bool, stdout, stderr io.Writer) error {
	for _, name := range names {
		if name == "digits" {
			fmt.Fprintln(stderr, "digits is embedded in the program, there is nothing to download")
			continue
		}
		if task.Is(name) {
			fmt.Fprintf(stderr, "%s is computed, there is nothing to download\n", name)
			continue
		}
		progress := newDataProgress(stderr)
		paths, err := data.Get(ctx, name, o.dir, data.GetOptions{
			Offline:  offline,
			Progress: progress.report,
			Logf: func(format string, a ...any) {
				progress.clear()
				fmt.Fprintf(stderr, format+"\n", a...)
			},
		})
		progress.clear()
		if err != nil {
			return err
		}
		for _, p := range paths {
			fmt.Fprintln(stdout, p)
		}
	}
	return nil
}
