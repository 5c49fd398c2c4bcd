// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"revgn/internal/backend"
	"revgn/internal/backend/plugin"
)

func newBackendListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show each backend: installed or not, version, path, whether its SHA-256 is the pinned one",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runBackendList(asJSON, cmd.OutOrStdout()) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON value instead of text")
	return cmd
}

// backendRow is a line of `revgn backend list`.
type backendRow struct {
	Kind     string `json:"kind"`
	Status   string `json:"status"`
	Version  string `json:"version,omitempty"`
	Verified string `json:"verified,omitempty"`
	Path     string `json:"path,omitempty"`
	SHA256   string `json:"sha256,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

func runBackendList(asJSON bool, stdout io.Writer) error {
	rows := []backendRow{{Kind: "go", Status: "embedded", Verified: "-"}}
	for _, s := range plugin.List(plugin.Dirs()) {
		rows = append(rows, pluginRow(s))
	}
	if asJSON {
		return printJSON(stdout, rows)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tSTATUS\tVERSION\tVERIFIED\tPATH")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Kind, r.Status, dash(r.Version), dash(r.Verified), dash(r.Path))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Problem != "" {
			fmt.Fprintf(stdout, "%s: %s\n", r.Kind, r.Problem)
		}
	}
	if !backend.XLABuilt() {
		fmt.Fprintln(stdout, "this build has no XLA (-tags noxla): plugins can be installed but not opened")
	}
	return nil
}

// pluginRow puts a plugin's status into words. "pinned": the wheel it came from had the SHA-256 that this program
// knows, and the plugin is still what was unpacked. "unchanged": as installed, from a file that this program does not
// know. "unknown": not installed by this program.
func pluginRow(s plugin.Status) backendRow {
	r := backendRow{Kind: "xla:" + s.Device, Path: s.Path, SHA256: s.SHA256}
	switch {
	case s.Err != nil:
		r.Status, r.Verified, r.Problem = "damaged", "no", s.Err.Error()
	case s.Path == "" && len(s.Wheels) == 0:
		r.Status = "not for this machine"
	case s.Path == "":
		r.Status = "can be installed"
		r.Version = s.Wheels[0].String()
	case s.Receipt == nil:
		r.Status, r.Verified = "installed", "unknown"
	default:
		r.Status, r.Verified = "installed", "unchanged"
		if s.Receipt.Pinned {
			r.Verified = "pinned"
		}
		if s.Receipt.Package != "" {
			r.Version = s.Receipt.Package + " " + s.Receipt.Version
		}
	}
	return r
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
