// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// plain is the least that a job says; full says everything.
func plain() Job {
	return Job{Name: "rates", Program: "/opt/revgn/bin/revgn", Args: []string{"sweep", "--lr", "0.1,1", "--out", "rates"},
		Dir: "/data/rates", WorkDir: "/data", Shards: 2, CPUs: 1, SignalBefore: 2 * time.Minute}
}

func full() Job {
	j := plain()
	j.Args = append(j.Args, "--name", "it's $(HOME) `x` \"y\" \\ $$", "yes", "1:30", "", "a\nb", "σ² é")
	j.Dir, j.WorkDir = "/data/my 100% sweeps/rates", "/data/my 100% sweeps"
	j.Shards, j.MaxParallel, j.GPUs, j.CPUs, j.Memory = 60, 4, 2, 8, 3<<29+1
	j.Time, j.SignalBefore = 25*time.Hour+30*time.Second, 90*time.Second
	return j
}

// golden compares with a file that people can read.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

func TestJobRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*Job){
		"shards: got 0; allowed: 1 to 100000": func(j *Job) { j.Shards = 0 },
		"shards: got 100001":                  func(j *Job) { j.Shards = 100001 },
		"max-parallel: got -1":                func(j *Job) { j.MaxParallel = -1 },
		"gpus-per-task: got -1":               func(j *Job) { j.GPUs = -1 },
		"cpus-per-task: got 0":                func(j *Job) { j.CPUs = 0 },
		"mem: got -1":                         func(j *Job) { j.Memory = -1 },
		"signal-before: got 0s":               func(j *Job) { j.SignalBefore = 0 },
		"signal-before: got 20h0m0s":          func(j *Job) { j.SignalBefore = 20 * time.Hour },
		"time: got 30s; want a minute":        func(j *Job) { j.Time = 30 * time.Second },
		"time: got 2m0s with the signal":      func(j *Job) { j.Time = 2 * time.Minute },
		"no program":                          func(j *Job) { j.Program = "" },
		"which is no text":                    func(j *Job) { j.Args = []string{"sweep", "\xff"} },
	} {
		j := plain()
		spoil(&j)
		for _, write := range []func(*bytes.Buffer) error{
			func(b *bytes.Buffer) error { return slurmOf(j).Write(b) },
			func(b *bytes.Buffer) error { return kubernetesOf(j).Write(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
				t.Errorf("got %v and %d bytes, want an error with %q and nothing written", err, b.Len(), want)
			}
		}
	}
}
