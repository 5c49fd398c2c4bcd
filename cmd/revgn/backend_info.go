// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/gomlx/compute"
	"github.com/spf13/cobra"

	"revgn/internal/backend"
)

func newBackendInfoCommand() *cobra.Command {
	var o backend.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "info [NAME]",
		Short:   "Open a backend (auto by default) and describe it and its devices",
		Example: "  revgn backend info\n  revgn backend info xla:cpu --json",
		Args:    counted(0, 1, "backend", "one, such as xla:cpu, or none for auto"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Name = args[0]
			}
			if err := backend.CheckName(o.Name); err != nil {
				return usageError(err)
			}
			stderr := cmd.ErrOrStderr()
			o.Logf = func(format string, a ...any) { fmt.Fprintf(stderr, format+"\n", a...) }
			return runBackendInfo(cmd.Context(), o, asJSON, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&o.Offline, "offline", false, "do not use the network (also $"+backend.OfflineVariable+")")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON value instead of text")
	return cmd
}

// backendFacts is what `revgn backend info` prints.
type backendFacts struct {
	Kind        string   `json:"kind"`
	Description string   `json:"description"`
	Plugin      string   `json:"plugin,omitempty"`
	SHA256      string   `json:"sha256,omitempty"`
	Devices     []string `json:"devices"`
	CPUs        int      `json:"cpus"`

	CompileCache *cacheFacts `json:"compile_cache,omitempty"`
}

// cacheFacts are where compiled graphs are kept, or why they are not.
type cacheFacts struct {
	Directory string `json:"directory,omitempty"`
	Files     int    `json:"files"`
	Bytes     int64  `json:"bytes"`
	Off       string `json:"off,omitempty"`
}

// cacheOf is nil for a backend that compiles nothing.
func cacheOf(b *backend.Backend) (*cacheFacts, error) {
	if b.Cache == nil {
		if b.Uncached == "" {
			return nil, nil
		}
		return &cacheFacts{Off: b.Uncached}, nil
	}
	files, bytes, err := b.Cache.Usage()
	return &cacheFacts{Directory: b.Cache.Dir, Files: files, Bytes: bytes}, err
}

func (c *cacheFacts) String() string {
	if c.Off != "" {
		return "off: " + c.Off
	}
	return fmt.Sprintf("%s: %d compiled graphs, %.1f MB", c.Directory, c.Files, float64(c.Bytes)/1e6)
}

func runBackendInfo(ctx context.Context, o backend.Options, asJSON bool, stdout io.Writer) error {
	b, err := backend.Open(ctx, o)
	if err != nil {
		return err
	}
	defer b.Finalize()
	f := backendFacts{Kind: b.Kind, Description: b.Description, Plugin: b.PluginPath, SHA256: b.PluginSHA256, CPUs: runtime.NumCPU()}
	for i := range b.NumDevices() {
		f.Devices = append(f.Devices, b.DeviceDescription(compute.DeviceNum(i)))
	}
	if f.CompileCache, err = cacheOf(b); err != nil {
		return err
	}
	if asJSON {
		return printJSON(stdout, f)
	}
	fmt.Fprintf(stdout, "kind         %s\ndescription  %s\n", f.Kind, f.Description)
	if f.Plugin != "" {
		fmt.Fprintf(stdout, "plugin       %s\nsha256       %s\n", f.Plugin, f.SHA256)
	}
	if f.CompileCache != nil {
		fmt.Fprintf(stdout, "cache        %s\n", f.CompileCache)
	}
	for i, d := range f.Devices {
		fmt.Fprintf(stdout, "device %-5d %s\n", i, d)
	}
	_, err = fmt.Fprintf(stdout, "processors   %d\n", f.CPUs)
	return err
}
