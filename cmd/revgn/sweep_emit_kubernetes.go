// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"path"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/cluster"
)

// newEmitKubernetesCommand is `revgn sweep emit kubernetes`.
func newEmitKubernetesCommand() *cobra.Command {
	var sweep sweepOptions
	var o emitOptions
	var job cluster.KubernetesJob
	own := pflag.NewFlagSet("kubernetes", pflag.ContinueOnError)
	own.SortFlags = false
	cmd := &cobra.Command{
		Use:   "kubernetes [FILE.yaml | DIR]",
		Short: "Write the manifest of a Kubernetes Indexed Job",
		Long: `Write the manifest of an Indexed Job whose pods share the runs of a sweep on a
volume. A pod that stopped early or was evicted is replaced without counting as
failed. Relative paths start where the volume is mounted. See docs/clusters.md.`,
		Example: "  revgn sweep emit kubernetes --lr 0.1,1 --seed 0..4 --out rates --image registry.example/revgn:1.0 --pvc sweeps --file rates.yaml",
		Args:    sweepArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := sweep.gather(cmd, args)
			if err != nil {
				return usageError(err)
			}
			return emitKubernetes(job, o, g, o.again(cmd.Flags(), own, args, g), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(own, "revgn, which the image's PATH finds")
	own.StringVar(&job.Image, "image", "", "container image that holds revgn")
	own.StringVar(&job.Namespace, "namespace", "", "namespace of the Job (default that of kubectl)")
	own.StringVar(&job.Claim, "pvc", "", "PersistentVolumeClaim that all pods share")
	own.StringVar(&job.Mount, "mount", "/data", "where pods see it")
	own.IntVar(&job.Retries, "pod-retries", 2, "how often a pod is tried again that failed")
	addEmitFlags(cmd, own, &sweep)
	return cmd
}

// emitKubernetes writes the file.
func emitKubernetes(job cluster.KubernetesJob, o emitOptions, g gathered, args []string, stdout, stderr io.Writer) error {
	dir := string(g.dir)
	if !path.IsAbs(dir) {
		dir = path.Join(job.Mount, dir)
	}
	if o.program == "" {
		o.program = "revgn"
	}
	if o.jobName == "" {
		o.jobName = jobNameOf(dir)
	}
	job.Job = o.job(args, dir, len(g.runs))
	job.WorkDir = job.Mount
	var text bytes.Buffer
	if err := job.Write(&text); err != nil {
		return usageError(err)
	}
	return o.write(text.Bytes(), len(g.runs), job.Shards, "kubectl create -f", stdout, stderr)
}
