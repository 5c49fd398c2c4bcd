// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"revgn/internal/cluster"
)

// kubernetesVersions are the oldest that knows all fields that the job file has, and the newest with a schema.
func kubernetesVersions() []string { return []string{"1.29", "1.37"} }

// The published schemas of Kubernetes accept every form of the job file, in strict mode, in which a field that they do not know is an error.
func TestKubernetesSchema(t *testing.T) {
	checker := filepath.Join(readers(t), "kubernetes-validate")
	dir := t.TempDir()
	var files []string
	for i, j := range kubernetesForms() {
		var b bytes.Buffer
		if err := j.Write(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprintf("job-%d.yaml", i))
		files = append(files, path)
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range kubernetesVersions() {
		out, err := exec.Command(checker, append([]string{"--strict", "-k", version}, files...)...).CombinedOutput()
		if passed := strings.Count(string(out), " passed for resource job/"); err != nil || passed != len(files) {
			t.Errorf("Kubernetes %s: %d of %d files passed: %v\n%s", version, passed, len(files), err, out)
		}
	}

	// The checker is one that can fail.
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"completionMode:", "completionMood:"}, {"completions: 8", `completions: "eight"`}, {"- action: Ignore", "- auction: Ignore"}} {
		bad := strings.Replace(string(text), change[0], change[1], 1)
		if err := os.WriteFile(files[0], []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(checker, "--strict", "-k", "1.37", files[0]).CombinedOutput(); bad == string(text) || err == nil {
			t.Errorf("%s in place of %s passed:\n%s", change[1], change[0], out)
		}
	}
}

// kubernetesForms are job files with and without each part that may be absent.
func kubernetesForms() []cluster.KubernetesJob {
	least := cluster.KubernetesJob{Image: "registry.example/revgn:1.0", Claim: "sweeps", Mount: "/data", Job: cluster.Job{
		Name: "rates", Program: "revgn", Args: []string{"sweep", "--out", "rates"}, Dir: "/data/rates", WorkDir: "/data",
		Shards: 8, CPUs: 1, SignalBefore: time.Minute}}
	gpus, memory, all := least, least, least
	gpus.GPUs = 1
	memory.Memory = 1 << 30
	all.GPUs, all.Memory, all.Time, all.MaxParallel, all.Namespace, all.Retries = 2, 3<<30, time.Hour, 2, "theory", 3
	all.Args = append(all.Args, "--name", "yes", "$(HOME) σ\n\"", "")
	return []cluster.KubernetesJob{least, gpus, memory, all}
}
