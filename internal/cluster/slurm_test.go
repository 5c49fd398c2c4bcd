// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"strings"
	"testing"
)

func slurmOf(j Job) SlurmJob { return SlurmJob{Job: j, Requeue: true, MaxRequeues: 100} }

// fullSlurm says everything.
func fullSlurm() SlurmJob {
	j := slurmOf(full())
	j.Name, j.Partition, j.Account, j.Requeue = "my sweep", "gpu", "theory", false
	j.Directives, j.Setup = []string{"--constraint=a100"}, []string{"module load cuda"}
	return j
}

func TestSlurmGolden(t *testing.T) {
	for name, j := range map[string]SlurmJob{"slurm-plain.sh": slurmOf(plain()), "slurm-full.sh": fullSlurm()} {
		var b bytes.Buffer
		if err := j.Write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestSlurmRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*SlurmJob){
		`job-name: got "a\"b"`:                   func(j *SlurmJob) { j.Name = `a"b` },
		`partition: got "a\nb"`:                  func(j *SlurmJob) { j.Partition = "a\nb" },
		`the sweep's directory: got "/a\\b"`:     func(j *SlurmJob) { j.Dir = `/a\b` },
		`sbatch: got "constraint=a100"`:          func(j *SlurmJob) { j.Directives = []string{"constraint=a100"} },
		`sbatch: got "--x=1\nrm"; want one`:      func(j *SlurmJob) { j.Directives = []string{"--x=1\nrm"} },
		"max-requeues: got -1; want 0 or more":   func(j *SlurmJob) { j.MaxRequeues = -1 },
		`the working directory: got "/a\rb"; a `: func(j *SlurmJob) { j.WorkDir = "/a\rb" },
	} {
		j := slurmOf(plain())
		spoil(&j)
		var b bytes.Buffer
		if err := j.Write(&b); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want an error with %q and nothing written", err, b.Len(), want)
		}
	}
}
