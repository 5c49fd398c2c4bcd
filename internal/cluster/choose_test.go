// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"strings"
	"testing"
)

// slurm is the environment of an array task: id, lowest, highest, step, count.
func slurm(values ...string) map[string]string {
	env := map[string]string{}
	for i, name := range []string{slurmTask, slurmMin, slurmMax, slurmStep, slurmCount} {
		env[name] = values[i]
	}
	return env
}

// with adds name, value pairs to an environment.
func with(env map[string]string, pairs ...string) map[string]string {
	for i := 0; i < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return env
}

func TestChoose(t *testing.T) {
	pod := func() map[string]string { return map[string]string{kubernetesIndex: "5", CountVariable: "8"} }
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		want       Shard
		from       string
	}{
		{"nothing", "", nil, Shard{0, 1}, ""},
		{"flag", "2/4", nil, Shard{2, 4}, "--shard"},
		{"flag over variable", "2/4", map[string]string{ShardVariable: "1/3"}, Shard{2, 4}, "--shard"},
		{"flag over Slurm", "none", slurm("3", "0", "7", "1", "8"), Shard{0, 1}, "--shard=none"},
		{"flag over half a pod", "none", map[string]string{kubernetesIndex: "5"}, Shard{0, 1}, "--shard=none"},
		{"variable", "", map[string]string{ShardVariable: "1/3"}, Shard{1, 3}, "REVGN_SHARD"},
		{"variable none", "", with(pod(), ShardVariable, "none"), Shard{0, 1}, "REVGN_SHARD=none"},
		{"variable over Slurm", "", with(slurm("3", "0", "7", "1", "8"), ShardVariable, "1/3"), Shard{1, 3}, "REVGN_SHARD"},
		{"array from 0", "", slurm("3", "0", "7", "1", "8"), Shard{3, 8}, "SLURM_ARRAY_TASK_ID=3 of 0 to 7"},
		{"array from 1", "", slurm("8", "1", "8", "1", "8"), Shard{7, 8}, "SLURM_ARRAY_TASK_ID=8 of 1 to 8"},
		{"array by 5", "", slurm("20", "10", "22", "5", "3"), Shard{2, 3}, "SLURM_ARRAY_TASK_ID=20 of 10 to 22 by 5"},
		{"array of one", "", slurm("4", "4", "4", "1", "1"), Shard{0, 1}, "SLURM_ARRAY_TASK_ID=4 of 4 to 4"},
		{"one of an array again", "", with(slurm("3", "3", "3", "1", "1"), CountVariable, "8"), Shard{3, 8}, "SLURM_ARRAY_TASK_ID=3 and REVGN_SHARD_COUNT=8"},
		{"some of an array again", "", with(slurm("5", "1", "7", "1", "3"), CountVariable, "8"), Shard{5, 8}, "SLURM_ARRAY_TASK_ID=5 and REVGN_SHARD_COUNT=8"},
		{"pod", "", pod(), Shard{5, 8}, "JOB_COMPLETION_INDEX=5 and REVGN_SHARD_COUNT=8"},
		{"array in a pod", "", with(pod(), slurmTask, "1"), Shard{1, 8}, "SLURM_ARRAY_TASK_ID=1 and REVGN_SHARD_COUNT=8"},
	} {
		got, err := Choose(c.flag, func(name string) string { return c.env[name] })
		if err != nil || got.Shard != c.want || got.From != c.from {
			t.Errorf("%s: got %v, %v, want %v from %q", c.name, got, err, c.want, c.from)
		}
	}
}

func TestChooseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		want       []string
	}{
		{"flag", "8/8", nil, []string{"--shard: got 8/8", "0/8 to 7/8"}},
		{"variable", "", map[string]string{ShardVariable: "8"}, []string{"REVGN_SHARD: got \"8\"", "want i/n"}},
		{"list", "", slurm("3", "1", "7", "1", "3"), []string{"SLURM_ARRAY_TASK_ID=3", "no range", CountVariable, "--shard none"}},
		{"no step", "", slurm("3", "0", "7", "0", "8"), []string{"no range"}},
		{"between steps", "", slurm("3", "0", "6", "2", "4"), []string{"no range"}},
		{"outside", "", slurm("9", "0", "7", "1", "8"), []string{"no range"}},
		{"no count", "", slurm("3", "0", "7", "1", ""), []string{"SLURM_ARRAY_TASK_COUNT= is no whole number"}},
		{"no number", "", slurm("three", "0", "7", "1", "8"), []string{"SLURM_ARRAY_TASK_ID=three is no whole number"}},
		{"beyond the count", "", with(slurm("8", "0", "8", "1", "9"), CountVariable, "8"), []string{"SLURM_ARRAY_TASK_ID=8 and REVGN_SHARD_COUNT=8", "0/8 to 7/8"}},
		{"half a pod", "", map[string]string{kubernetesIndex: "5"}, []string{"JOB_COMPLETION_INDEX=5", CountVariable, "completions"}},
		{"bad count", "", map[string]string{kubernetesIndex: "5", CountVariable: "x"}, []string{"REVGN_SHARD_COUNT=x is no whole number"}},
		{"count alone", "", map[string]string{CountVariable: "8"}, []string{"REVGN_SHARD_COUNT=8", "--shard i/8"}},
	} {
		got, err := Choose(c.flag, func(name string) string { return c.env[name] })
		if err == nil {
			t.Errorf("%s: got %v, want an error", c.name, got)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %q, want %q in one line", c.name, err, want)
			}
		}
	}
}
