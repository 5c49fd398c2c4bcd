// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"
)

// KubernetesJob is an Indexed Job of batch/v1 whose pods share a volume.
type KubernetesJob struct {
	Job
	Image, Namespace string
	Claim            string // PersistentVolumeClaim
	Mount            string // where the pods see it
	Retries          int    // of a pod that failed
}

//go:embed kubernetes.yaml.tmpl
var kubernetesTemplate string

// Validate refuses what an API server would refuse or misread.
func (j KubernetesJob) Validate() error {
	if err := j.Job.Validate(); err != nil {
		return err
	}
	switch {
	case j.Image == "":
		return errors.New("image: got nothing; give the container image that holds revgn, such as --image registry.example/revgn:1.0")
	case j.Claim == "":
		return errors.New("pvc: got nothing; the pods of a sweep share its directory, so give the PersistentVolumeClaim that it lies on")
	case !path.IsAbs(j.Mount) || strings.Contains(j.Mount, ":"):
		return fmt.Errorf("mount: got %q; want an absolute path without a colon, such as /data", j.Mount)
	case !path.IsAbs(j.WorkDir) || !path.IsAbs(j.Dir):
		return fmt.Errorf("got %q in %q as the sweep's directory; want absolute paths in the container", j.Dir, j.WorkDir)
	case !inside(j.Dir, j.Mount):
		return fmt.Errorf("out: got %s, which is outside the shared volume at %s; each pod would lose its runs", j.Dir, j.Mount)
	case j.Retries < 0:
		return fmt.Errorf("pod-retries: got %d; want 0 or more", j.Retries)
	}
	// Pods of an Indexed Job are called NAME-INDEX, which must be a label of a host name.
	longest := 63 - len(fmt.Sprintf("-%d", j.Shards-1))
	if len(j.Name) > longest || !label.MatchString(j.Name) {
		return fmt.Errorf("job-name: got %q; want at most %d of a-z, 0-9 and -, with no - first or last", j.Name, longest)
	}
	if j.Namespace != "" && (len(j.Namespace) > 63 || !label.MatchString(j.Namespace)) {
		return fmt.Errorf("namespace: got %q; want at most 63 of a-z, 0-9 and -, with no - first or last", j.Namespace)
	}
	if !subdomain.MatchString(j.Claim) || len(j.Claim) > 253 {
		return fmt.Errorf("pvc: got %q; want a name of a-z, 0-9, dots and -", j.Claim)
	}
	return nil
}

var (
	label     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	subdomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

// inside tells whether path p is dir or below it.
func inside(p, dir string) bool {
	p, dir = path.Clean(p), path.Clean(dir)
	return p == dir || dir == "/" || strings.HasPrefix(p, dir+"/")
}

// Write writes the manifest.
func (j KubernetesJob) Write(w io.Writer) error {
	if err := j.Validate(); err != nil {
		return err
	}
	t, err := template.New("kubernetes").Funcs(template.FuncMap{
		"string": yamlString, "argument": yamlArgument, "seconds": seconds, "mebibytes": mebibytes,
	}).Parse(kubernetesTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, j)
}

// Parallelism is how many pods run at a time.
func (j KubernetesJob) Parallelism() int {
	if j.MaxParallel == 0 {
		return j.Shards
	}
	return min(j.MaxParallel, j.Shards)
}

// Deadline is how many seconds a pod has until it is told to stop; what is left of its time is the grace period.
func (j KubernetesJob) Deadline() int64 { return seconds(j.Time - j.SignalBefore) }

// Interrupted is the exit code after which a pod is replaced without counting as failed.
func (j KubernetesJob) Interrupted() int { return Interrupted }

// yamlArgument is a word of a command, in which Kubernetes replaces $(NAME) and $$.
func yamlArgument(text string) string { return yamlString(strings.ReplaceAll(text, "$", "$$")) }

// yamlString writes text so that every version of YAML reads it as that text, also yes,
// 010 and 1:30: in quotation marks, where YAML knows all of Go's escapes.
func yamlString(text string) string { return strconv.Quote(text) }
