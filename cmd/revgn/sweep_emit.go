// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/cluster"
	"revgn/internal/config"
	"revgn/internal/number"
)

// mostTasks is how many tasks a job file has where nothing is said: what queues take without asking an administrator.
const mostTasks = 100

// newSweepEmitCommand is `revgn sweep emit`.
func newSweepEmitCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "emit",
		Short: "Write the job file with which a cluster works on a sweep",
		Long: `Write the job file with which a cluster works on a sweep: an array of Slurm or an
Indexed Job of Kubernetes. It takes the options of the sweep as "revgn sweep" does,
and starts nothing. For Slurm it makes the sweep's directory, in which Slurm opens the
output of tasks before it starts them. See docs/clusters.md.`,
	}
	cmd.SetUsageFunc(new(cobra.Command).UsageFunc()) // not that of sweep, which lists its options
	cmd.AddCommand(newEmitSlurmCommand(), newEmitKubernetesCommand())
	return cmd
}

// emitOptions are the options of both job files.
type emitOptions struct {
	shards, maxParallel, gpus, cpus int
	memory                          int64
	time, signalBefore              time.Duration
	program, jobName, file          string
}

func (o *emitOptions) addFlags(fs *pflag.FlagSet, program string) {
	fs.StringVar(&o.file, "file", "", "write the job file to this file (default stdout)")
	fs.IntVar(&o.shards, "shards", 0, fmt.Sprintf("tasks that share the runs (default one a run, at most %d)", mostTasks))
	fs.IntVar(&o.maxParallel, "max-parallel", 0, "tasks at a time (0: as many as the cluster allows)")
	fs.IntVar(&o.gpus, "gpus-per-task", 0, "GPUs of a task")
	fs.IntVar(&o.cpus, "cpus-per-task", 4, "processors of a task")
	fs.Var(config.Capacity(&o.memory), "mem", "memory of a task; auto is what the cluster gives")
	fs.Var(limitValue{&o.time}, "time", "time of a task, such as 24h or 1-00:00:00, after which it is started again (0: what the cluster gives)")
	fs.DurationVar(&o.signalBefore, "signal-before", 2*time.Minute, "time to write checkpoints, from the signal to the end")
	fs.StringVar(&o.program, "program", "", "path of revgn where the tasks run (default "+program+")")
	fs.StringVar(&o.jobName, "job-name", "", "name of the job (default that of the sweep's directory)")
}

// addEmitFlags adds the flags of a job file, then those of the sweep.
func addEmitFlags(cmd *cobra.Command, own *pflag.FlagSet, sweep *sweepOptions) {
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(own)
	sweep.addDefinition(cmd)
	sweep.addWork(cmd.Flags())
	sweep.addAxes(cmd)
}

// job is what both job files say of a sweep in dir.
func (o emitOptions) job(args []string, dir string, runs int) cluster.Job {
	j := cluster.Job{
		Name: o.jobName, Program: o.program, Args: args, Dir: dir, Shards: o.shards, MaxParallel: o.maxParallel,
		GPUs: o.gpus, CPUs: o.cpus, Memory: o.memory, Time: o.time, SignalBefore: o.signalBefore,
	}
	if j.Shards == 0 {
		j.Shards = min(runs, mostTasks)
	}
	return j
}

// write writes the job file whole or not at all, and says on stderr how to start it.
func (o emitOptions) write(text []byte, runs, shards int, start string, stdout, stderr io.Writer) error {
	if o.file == "" {
		_, err := stdout.Write(text)
		return err
	}
	if err := writeTarget(o.file, text); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stderr, "%s: %s in %s; start it with `%s %s`\n", o.file, number.Plural(runs, "run"), number.Plural(shards, "task"), start, o.file)
	return err
}

// again is the command line of the sweep itself: without the flags of own, which are the job file's, and with the directory said.
func (o emitOptions) again(fs, own *pflag.FlagSet, args []string, g gathered) []string {
	line := []string{"sweep"}
	fs.Visit(func(f *pflag.Flag) {
		text := f.Value.String()
		if several, ok := f.Value.(pflag.SliceValue); ok {
			text = strings.Join(several.GetSlice(), ",")
		}
		if own.Lookup(f.Name) == nil {
			line = append(line, "--"+f.Name+"="+text)
		}
	})
	if g.asked && !fs.Changed("out") {
		line = append(line, "--out="+string(g.dir))
	}
	return append(line, args...)
}

// jobNameOf makes a name that every cluster takes of the sweep's directory.
func jobNameOf(dir string) string {
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(filepath.Base(dir)), "-")
	if name = strings.Trim(name, "-"); name == "" {
		return "revgn"
	}
	return strings.Trim(name[:min(len(name), 50)], "-")
}

// thisProgram is the path of this program.
func thisProgram() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("program: cannot tell where this one lies: %w; give --program PATH", err)
	}
	return path, nil
}
