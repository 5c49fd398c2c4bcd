// SPDX-License-Identifier: Apache-2.0

// Package cluster divides a sweep among the tasks of a cluster, through what
// clusters run already:
//
//	Shard, ParseShard   i of n: the runs whose place in the plan is i modulo n
//	Choose              the shard of this process: said, or found in the environment of a Slurm array task or of a pod of a Kubernetes Indexed Job
//	SlurmJob            the batch script of an array whose tasks work on one sweep
//	KubernetesJob       the manifest of an Indexed Job that does the same
//
// A task that is told to stop leaves its runs resumable and exits with Interrupted;
// both files start such a task again, and neither counts that as a failure.
//
// It refuses a shard that does not exist, an environment that says only half of
// what it takes to know one, and values that a job file cannot carry. It starts
// nothing, talks to no cluster and knows nothing of what the runs are.
package cluster

// Interrupted is the exit code of a program that stopped early and can go on.
const Interrupted = 75
