// SPDX-License-Identifier: Apache-2.0

package cluster

import "fmt"

// None, as a flag or in ShardVariable, is the whole sweep wherever the process runs.
const None = "none"

// The variables that say which shard a process is, besides those that Slurm and
// Kubernetes set.
const (
	ShardVariable = "REVGN_SHARD"       // i/n or none
	CountVariable = "REVGN_SHARD_COUNT" // n alone; i is then the number of the array task or of the pod
)

// Choice is a shard and what said so.
type Choice struct {
	Shard
	From string // "" where nothing did, and the shard is the whole
}

// Describe is for people: which shard, and from where.
func (c Choice) Describe() string {
	if c.From == "" {
		return c.String()
	}
	return c.String() + " by " + c.From
}

// Choose returns the shard of this process: that of the flag, or of the
// environment, or the whole. What is nearer to the user wins: the flag, then
// REVGN_SHARD, then a Slurm array, then a Kubernetes Indexed Job.
func Choose(flag string, getenv func(string) string) (Choice, error) {
	for _, said := range []struct{ text, from string }{{flag, "--shard"}, {getenv(ShardVariable), ShardVariable}} {
		switch said.text {
		case "":
		case None:
			return Choice{Whole(), said.from + "=" + None}, nil
		default:
			s, err := ParseShard(said.text)
			if err != nil {
				return Choice{}, fmt.Errorf("%s: %w", said.from, err)
			}
			return Choice{s, said.from}, nil
		}
	}
	if getenv(slurmTask) != "" {
		return fromSlurm(getenv)
	}
	if getenv(kubernetesIndex) != "" {
		return fromKubernetes(getenv)
	}
	if n := getenv(CountVariable); n != "" {
		return Choice{}, fmt.Errorf("%s=%s, but neither %s nor %s says which of them this is; give --shard i/%s, or --shard none for the whole sweep",
			CountVariable, n, slurmTask, kubernetesIndex, n)
	}
	return Choice{Shard: Whole()}, nil
}

// kubernetesIndex is the only thing that a pod of an Indexed Job is told.
const kubernetesIndex = "JOB_COMPLETION_INDEX"

func fromKubernetes(getenv func(string) string) (Choice, error) {
	if getenv(CountVariable) == "" {
		return Choice{}, fmt.Errorf("%s=%s says which pod this is but not of how many; set %s to the Job's completions, or give --shard i/n, or --shard none for the whole sweep",
			kubernetesIndex, getenv(kubernetesIndex), CountVariable)
	}
	return counted(kubernetesIndex, getenv)
}

// counted takes the index from the variable and the count from CountVariable.
func counted(variable string, getenv func(string) string) (Choice, error) {
	i, err := number(variable, getenv)
	if err != nil {
		return Choice{}, err
	}
	n, err := number(CountVariable, getenv)
	if err != nil {
		return Choice{}, err
	}
	from := fmt.Sprintf("%s=%d and %s=%d", variable, i, CountVariable, n)
	s, err := newShard(i, n)
	if err != nil {
		return Choice{}, fmt.Errorf("%s: %w", from, err)
	}
	return Choice{s, from}, nil
}

// number reads a variable that must be a whole number.
func number(variable string, getenv func(string) string) (int, error) {
	text := getenv(variable)
	n, err := natural(text)
	if err != nil {
		return 0, fmt.Errorf("%s=%s is no whole number; give --shard i/n, or --shard none for the whole sweep", variable, text)
	}
	return n, nil
}
