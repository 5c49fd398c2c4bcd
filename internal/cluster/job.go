// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Job is what the tasks of a sweep need on any cluster.
type Job struct {
	Name         string
	Program      string        // path of the program, or its name where PATH finds it
	Args         []string      // of the program, the same for every task
	Dir          string        // the sweep's directory, which all tasks share
	WorkDir      string        // where relative paths in Args start
	Shards       int           // tasks in all
	MaxParallel  int           // tasks at a time; 0: as many as the cluster allows
	GPUs, CPUs   int           // a task
	Memory       int64         // bytes a task; 0: what the cluster gives
	Time         time.Duration // of a task, after which it is started again; 0: what the cluster gives
	SignalBefore time.Duration // from the signal to the end
}

// MostShards is the most tasks that a Kubernetes Indexed Job may have.
const MostShards = 100_000

// mostSignalBefore is the longest that Slurm allows.
const mostSignalBefore = 65535 * time.Second

// Validate refuses what no job file can say.
func (j Job) Validate() error {
	for _, n := range []struct {
		name             string
		value, low, high int
	}{{"shards", j.Shards, 1, MostShards}, {"max-parallel", j.MaxParallel, 0, MostShards}, {"gpus-per-task", j.GPUs, 0, 1024}, {"cpus-per-task", j.CPUs, 1, 4096}} {
		if n.value < n.low || n.value > n.high {
			return fmt.Errorf("%s: got %d; allowed: %d to %d", n.name, n.value, n.low, n.high)
		}
	}
	switch {
	case j.Memory < 0:
		return fmt.Errorf("mem: got %d bytes; want more than 0, or auto for what the cluster gives", j.Memory)
	case j.SignalBefore < time.Second || j.SignalBefore > mostSignalBefore:
		return fmt.Errorf("signal-before: got %v; allowed: 1s to %v", j.SignalBefore, mostSignalBefore)
	case j.Time != 0 && j.Time < time.Minute:
		return fmt.Errorf("time: got %v; want a minute or more, or 0 for what the cluster gives", j.Time)
	case j.Time != 0 && j.Time <= j.SignalBefore:
		return fmt.Errorf("time: got %v with the signal %v before its end; want more, or an earlier --signal-before", j.Time, j.SignalBefore)
	case j.Program == "" || len(j.Args) == 0:
		return errors.New("no program to run")
	}
	for _, text := range append([]string{j.Name, j.Program, j.Dir, j.WorkDir}, j.Args...) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return fmt.Errorf("got %q, which is no text; a job file holds UTF-8", text)
		}
	}
	return nil
}

// seconds rounds up, so that a limit is never shorter than asked for.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// mebibytes rounds up, for the same reason.
func mebibytes(bytes int64) int64 { return (bytes-1)>>20 + 1 }
