// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func kubernetesOf(j Job) KubernetesJob {
	return KubernetesJob{Job: j, Image: "registry.example/revgn:1.0", Claim: "sweeps", Mount: "/data", Retries: 2}
}

// fullKubernetes says everything.
func fullKubernetes() KubernetesJob {
	j := kubernetesOf(full())
	j.Namespace, j.Program = "theory", "revgn"
	return j
}

func manifest(t *testing.T, j KubernetesJob) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := j.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestKubernetesGolden(t *testing.T) {
	golden(t, "kubernetes-plain.yaml", manifest(t, kubernetesOf(plain())))
	golden(t, "kubernetes-full.yaml", manifest(t, fullKubernetes()))
}

// What a YAML reader finds is what was said, with $ doubled against Kubernetes' own replacements.
func TestKubernetesArguments(t *testing.T) {
	var got struct {
		Spec struct {
			Completions, Parallelism int
			Template                 struct {
				Spec struct {
					Limit      int `yaml:"activeDeadlineSeconds"`
					Grace      int `yaml:"terminationGracePeriodSeconds"`
					Containers []struct{ Args []string }
				}
			}
		}
	}
	j := fullKubernetes()
	j.Args = append(j.Args, "null", "~", "0x1F", "1e3", "- a", "a: b", "#", "\u0085\u007f\ufeff", "😀", "{}", "*a", "&a", "!a")
	if err := yaml.Unmarshal(manifest(t, j), &got); err != nil {
		t.Fatal(err)
	}
	pod := got.Spec.Template.Spec
	want := strings.Split(strings.ReplaceAll(strings.Join(j.Args, "\x00"), "$", "$$"), "\x00")
	if !slices.Equal(pod.Containers[0].Args, want) {
		t.Errorf("arguments\n%q, want\n%q", pod.Containers[0].Args, want)
	}
	if total := time.Duration(pod.Limit+pod.Grace) * time.Second; total != j.Time {
		t.Errorf("a pod ends after %v, want %v", total, j.Time)
	}
	if got.Spec.Completions != 60 || got.Spec.Parallelism != 4 {
		t.Errorf("%d completions, %d at a time; want 60 and 4", got.Spec.Completions, got.Spec.Parallelism)
	}
}

func TestKubernetesRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*KubernetesJob){
		"image: got nothing":               func(j *KubernetesJob) { j.Image = "" },
		"pvc: got nothing":                 func(j *KubernetesJob) { j.Claim = "" },
		`pvc: got "My_Claim"`:              func(j *KubernetesJob) { j.Claim = "My_Claim" },
		`mount: got "data"`:                func(j *KubernetesJob) { j.Mount = "data" },
		"which is outside the shared":      func(j *KubernetesJob) { j.Dir = "/database/rates" },
		"want absolute paths":              func(j *KubernetesJob) { j.WorkDir = "runs" },
		"pod-retries: got -1":              func(j *KubernetesJob) { j.Retries = -1 },
		`job-name: got "My Sweep"`:         func(j *KubernetesJob) { j.Name = "My Sweep" },
		"want at most 61 of a-z, 0-9 and ": func(j *KubernetesJob) { j.Name = strings.Repeat("a", 62) },
		`namespace: got "-a"`:              func(j *KubernetesJob) { j.Namespace = "-a" },
	} {
		j := kubernetesOf(plain())
		spoil(&j)
		var b bytes.Buffer
		if err := j.Write(&b); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want an error with %q and nothing written", err, b.Len(), want)
		}
	}
}
