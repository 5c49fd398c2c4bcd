// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/cluster"
	"revgn/internal/record"
	"revgn/internal/safefile"
)

// newEmitSlurmCommand is `revgn sweep emit slurm`.
func newEmitSlurmCommand() *cobra.Command {
	var sweep sweepOptions
	var o emitOptions
	var job cluster.SlurmJob
	own := pflag.NewFlagSet("slurm", pflag.ContinueOnError)
	own.SortFlags = false
	cmd := &cobra.Command{
		Use:   "slurm [FILE.yaml | DIR]",
		Short: "Write the batch script of a Slurm array",
		Long: `Write the batch script of an array whose tasks share the runs of a sweep. Slurm
signals a task ahead of its end, and one that stopped early goes back into the queue.
See docs/clusters.md.`,
		Example: "  revgn sweep emit slurm --lr 0.1,1 --seed 0..4 --out runs/rates --file rates.sh\n" +
			"  revgn sweep emit slurm study.yaml --time 4h --gpus-per-task 1 --partition gpu --file study.sh",
		Args: sweepArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := sweep.gather(cmd, args)
			if err != nil {
				return usageError(err)
			}
			return emitSlurm(job, o, g, o.again(cmd.Flags(), own, args, g), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(own, "this program's")
	own.StringVar(&job.Partition, "partition", "", "partition to run in")
	own.StringVar(&job.Account, "account", "", "account to charge")
	own.BoolVar(&job.Requeue, "requeue", true, "start a task again that stopped early, lost its node or its place")
	own.IntVar(&job.MaxRequeues, "max-requeues", 100, "how often a task is started again that stopped early")
	own.StringArrayVar(&job.Directives, "sbatch", nil, "a further `OPTION` of sbatch, such as --sbatch=--constraint=a100; may be given several times")
	own.StringArrayVar(&job.Setup, "setup", nil, "a line of shell before the program, such as \"module load cuda\"; may be given several times")
	addEmitFlags(cmd, own, &sweep)
	return cmd
}

// emitSlurm writes the file, and makes the directory, without which Slurm would start no task: it opens the output first.
func emitSlurm(job cluster.SlurmJob, o emitOptions, g gathered, args []string, stdout, stderr io.Writer) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(string(g.dir))
	if err != nil {
		return err
	}
	if o.program == "" {
		if o.program, err = thisProgram(); err != nil {
			return err
		}
	}
	if o.jobName == "" {
		o.jobName = jobNameOf(dir)
	}
	job.Job = o.job(args, dir, len(g.runs))
	job.WorkDir = here
	var text bytes.Buffer
	if err := job.Write(&text); err != nil {
		return usageError(err)
	}
	if err := checkTarget(o.file); err != nil {
		return err
	}
	if err := makeOutputDirectory(dir, stderr); err != nil {
		return err
	}
	return o.write(text.Bytes(), len(g.runs), job.Shards, "sbatch", stdout, stderr)
}

// makeOutputDirectory makes the sweep's directory where it is not there, and says so.
func makeOutputDirectory(dir string, stderr io.Writer) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make %s, in which Slurm writes what tasks print: %w", dir, safefile.Cause(err))
	}
	_, err := fmt.Fprintf(stderr, "%s: made, since Slurm opens the output of tasks in it before it starts them\n", record.Short(dir))
	return err
}
