// SPDX-License-Identifier: Apache-2.0

package cluster

import "fmt"

// What Slurm tells a task of an array.
const (
	slurmTask  = "SLURM_ARRAY_TASK_ID"
	slurmMin   = "SLURM_ARRAY_TASK_MIN"
	slurmMax   = "SLURM_ARRAY_TASK_MAX"
	slurmStep  = "SLURM_ARRAY_TASK_STEP"
	slurmCount = "SLURM_ARRAY_TASK_COUNT"
)

// fromSlurm is the shard of an array task. Where CountVariable says how many there
// are, the task's number is the index, so that `sbatch --array=3` submits the
// fourth of them again. Without it the array must be a range, low-high or
// low-high:step: of a list of numbers Slurm does not tell a task the others.
func fromSlurm(getenv func(string) string) (Choice, error) {
	if getenv(CountVariable) != "" {
		return counted(slurmTask, getenv)
	}
	var id, low, high, step, count int
	for _, v := range []struct {
		name string
		p    *int
	}{{slurmTask, &id}, {slurmMin, &low}, {slurmMax, &high}, {slurmStep, &step}, {slurmCount, &count}} {
		n, err := number(v.name, getenv)
		if err != nil {
			return Choice{}, err
		}
		*v.p = n
	}
	if step < 1 || (high-low)/step+1 != count || id < low || id > high || (id-low)%step != 0 {
		return Choice{}, fmt.Errorf("%s=%d of an array from %d to %d by %d with %d tasks: that is no range, and which of them this is cannot be told; "+
			"submit a range such as --array=0-7, set %s, or give --shard i/n, or --shard none for the whole sweep",
			slurmTask, id, low, high, step, count, CountVariable)
	}
	from := fmt.Sprintf("%s=%d of %d to %d", slurmTask, id, low, high)
	if step > 1 {
		from += fmt.Sprintf(" by %d", step)
	}
	s, err := newShard((id-low)/step, count)
	return Choice{s, from}, err
}
