// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"revgn/internal/record"
)

// newVersionCommand is `revgn version`.
func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print what this program was built from",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVersion(asJSON, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON value instead of text")
	return cmd
}

// version is what a run's manifest says of the program.
type version struct {
	Program  string            `json:"program"`
	Version  string            `json:"version"`
	Revision string            `json:"git_revision,omitempty"`
	Modified *bool             `json:"git_modified,omitempty"`
	Go       string            `json:"go_version"`
	Platform string            `json:"platform"`
	Build    map[string]string `json:"build,omitempty"`
	Modules  map[string]string `json:"modules,omitempty"`
}

func runVersion(asJSON bool, stdout io.Writer) error {
	v := newVersion()
	if asJSON {
		return printJSON(stdout, v)
	}
	_, err := io.WriteString(stdout, versionText(v))
	return err
}

func newVersion() version {
	m := record.NewManifest(time.Now())
	return version{m.Program, m.Version, m.GitRevision, m.GitModified, m.GoVersion, m.Host.OS + "/" + m.Host.Arch, m.Build, m.Modules}
}

// versionText is a version for people.
func versionText(v version) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", v.Program, v.Version)
	if v.Revision != "" {
		changed := ""
		if v.Modified != nil && *v.Modified {
			changed = " (with changes)"
		}
		fmt.Fprintf(&b, "git %s%s\n", v.Revision, changed)
	}
	fmt.Fprintf(&b, "%s %s GOEXPERIMENT=%s CGO_ENABLED=%s tags=%s\n", v.Go, v.Platform, v.Build["GOEXPERIMENT"], v.Build["CGO_ENABLED"], v.Build["-tags"])
	for _, path := range []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "github.com/gomlx/compute"} {
		if module := v.Modules[path]; module != "" {
			fmt.Fprintf(&b, "%s %s\n", path, module)
		}
	}
	return b.String()
}
