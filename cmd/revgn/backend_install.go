// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/backend"
	"revgn/internal/backend/plugin"
	"revgn/internal/nearest"
)

func newBackendInstallCommand() *cobra.Command {
	var o plugin.InstallOptions
	cmd := &cobra.Command{
		Use:   "install [xla:cpu|xla:cuda|xla:tpu]",
		Short: "Install a PJRT plugin (xla:cpu by default)",
		Long: `Install a PJRT plugin: download a pinned Python wheel with your own pip, compare
its SHA-256, and unpack the one library in it. An interrupted install leaves what
was there before. Without network give the wheel or the library as a file.

xla:cuda takes NVIDIA's libraries from the Python packages that hold them
(pip install "jax-cuda13-plugin[with-cuda]==0.11.2") and links them.`,
		Example: "  revgn backend install\n  revgn backend install xla:cuda --cuda 12 --nvidia-dir ~/venv/lib/python3.12/site-packages/nvidia\n" +
			"  revgn backend install --from-wheel lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
		Args: counted(0, 1, "backend", "one, such as xla:cuda, or none for xla:cpu"),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := "xla:cpu"
			if len(args) == 1 {
				kind = args[0]
			}
			return runBackendInstall(cmd.Context(), kind, o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	addInstallFlags(cmd.Flags(), &o)
	return cmd
}

// installable are the backends that a plugin can be installed for.
func installable() []string { return []string{"xla:cpu", "xla:cuda", "xla:tpu"} }

func addInstallFlags(fs *pflag.FlagSet, o *plugin.InstallOptions) {
	fs.StringVar(&o.FromWheel, "from-wheel", "", "take the plugin from this wheel file instead of downloading one")
	fs.StringVar(&o.FromSO, "from-so", "", "take this library as the plugin")
	fs.BoolVar(&o.AllowUnverified, "allow-unverified", false, "accept a --from-wheel whose SHA-256 is not a pinned one")
	fs.StringVar(&o.Dir, "dir", "", "directory to install to (default: the first that is searched)")
	fs.BoolVar(&o.Force, "force", false, "install again over an intact plugin")
	fs.BoolVar(&o.Offline, "offline", false, "do not use the network (also $"+backend.OfflineVariable+")")
	fs.IntVar(&o.CUDA, "cuda", 13, "CUDA major version for xla:cuda: 12 or 13")
	fs.StringVar(&o.NVIDIADir, "nvidia-dir", "", "directory nvidia with NVIDIA's libraries for xla:cuda (default: ask python3)")
}

func runBackendInstall(ctx context.Context, kind string, o plugin.InstallOptions, stdout, stderr io.Writer) error {
	device, isXLA := strings.CutPrefix(kind, "xla:")
	if kind == "go" {
		fmt.Fprintln(stderr, "the Go backend is embedded in the program, there is nothing to install")
		return nil
	}
	o.Device = device
	if !isXLA {
		return usageError(fmt.Errorf("cannot install %q: allowed are %s%s", kind, strings.Join(installable(), ", "), nearest.Hint(kind, installable())))
	}
	if err := o.Validate(); err != nil {
		return usageError(err)
	}
	o.Offline = o.Offline || backend.Offline()
	o.Logf = func(format string, a ...any) { fmt.Fprintf(stderr, format+"\n", a...) }
	path, r, err := plugin.Install(ctx, o)
	if err != nil {
		return err
	}
	what := r.Source
	if r.Package != "" {
		what = r.Package + " " + r.Version
	}
	_, err = fmt.Fprintf(stdout, "%s: %s (%s) in %s\n", kind, what, licence(r), path)
	return err
}

func licence(r *plugin.Receipt) string {
	if r.License == "" {
		return "licence: see its origin"
	}
	return "licence: " + r.License
}
