// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/spf13/cobra"

// newBackendCommand is `revgn backend` with its three subcommands.
func newBackendCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backend",
		Short: "List, install and describe the devices that training runs on",
		Long: `List, install and describe the devices that training runs on.

The Go backend is embedded. The xla backends need a PJRT plugin, which 'install'
puts in place. Plugins are sought in the directories of $PJRT_PLUGIN_LIBRARY_PATH,
else in ~/.local/lib/go-xla and /usr/local/lib/go-xla.

What XLA compiles for the CPU is kept in the user's cache directory and loaded in
later runs; $REVGN_COMPILE_CACHE names another directory, or turns that off with
"off". 'info' tells where it is and how large.`,
		Args: noArgs,
	}
	cmd.AddCommand(newBackendListCommand(), newBackendInstallCommand(), newBackendInfoCommand())
	return cmd
}
