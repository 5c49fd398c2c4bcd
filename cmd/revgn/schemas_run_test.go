// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"revgn/internal/record"
)

// followsSchema compares a file with docs/schemas/NAME.json.
func followsSchema(t *testing.T, name, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schemaOf(t, name).Follows(t, path, b)
}

// runFollowsSchemas compares every file of a run directory that has a schema, and fails for a file that neither has one nor is known.
func runFollowsSchemas(t *testing.T, dir string) {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if err == nil {
		config, err = yaml.YAMLToJSON(config)
	}
	if err != nil {
		t.Fatal(err)
	}
	schemaOf(t, "config").Follows(t, filepath.Join(dir, "config.yaml"), config)
	followsSchema(t, "manifest", filepath.Join(dir, "manifest.json"))
	followsSchema(t, "summary", filepath.Join(dir, "summary.json"))
	metrics := schemaOf(t, "metrics")
	for i, line := range metricLines(t, dir) {
		metrics.Follows(t, fmt.Sprintf("line %d of %s", i+1, dir), []byte(line))
	}
	checkpoints, err := filepath.Glob(filepath.Join(dir, "checkpoints", "step-*"))
	if err != nil || len(checkpoints) == 0 {
		t.Fatalf("no checkpoints, %v", err)
	}
	for _, c := range checkpoints {
		followsSchema(t, "checkpoint", filepath.Join(c, "checkpoint.json"))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.Contains(" config.yaml manifest.json metrics.jsonl summary.json checkpoints analysis ", " "+e.Name()+" ") && !strings.HasPrefix(e.Name(), "events.out.tfevents.") {
			t.Errorf("%s holds %s, which docs/runs.md does not name", dir, e.Name())
		}
	}
}

// Runs of all kinds write what the schemas say, and nothing beside it.
func TestRunsFollowSchemas(t *testing.T) {
	kinds := map[string]int{}
	for _, c := range []struct {
		name, flags string
		exit        int
	}{
		{"gn", "--probe-every 2 --checkpoint-every 2 --whiten pca --label-noise 0.1", exitDone},
		{"lm", "--damping 1e-3 --damping-schedule lm --lr 1", exitDone},
		{"adam, then gn", "--optimizer adam --switch 1:gn", exitDone},
		{"min-norm", "--inverse min-norm --curvature exact --damping rel:0.1 --lr 0.2", exitDone},
		{"armijo", "--line-search armijo --memory heavy-ball:0.5 --train-size 100", exitDone},
		{"recompute", "--activations recompute --measure=false --time-limit 10m --memory-limit 1GiB", exitDone},
		{"kfac", "--optimizer kfac --tensorboard=false", exitDone},
		{"not finite", "--optimizer adam --lr 1e15 --loss mse", exitFailed},
		{"not exact", "--require-exact 1e-30", exitCheck},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			args := append(smallArgs(t, dir, "--dataset", "digits", "--batch-size", "40", "--train-size", "120"), strings.Fields(c.flags)...)
			if code, _, stderr := cli(args...); code != c.exit {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			runFollowsSchemas(t, dir)
			m := metricsOf(t, opened(t, args))
			countKinds(kinds, m)
		})
	}
	for _, kind := range []string{"steps", "steps with null", "certificates", "judged steps", "evaluations", "probes", "events"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s were compared: %v", kind, kinds)
		}
	}
}

// countKinds counts what the lines of a run show of their schema.
func countKinds(kinds map[string]int, m *record.Metrics) {
	kinds["evaluations"] += len(m.Evals)
	kinds["probes"] += len(m.Probes)
	kinds["events"] += len(m.Events)
	for _, s := range m.Steps {
		kinds["steps"]++
		if s.Loss != s.Loss || s.LossAfter.Value != s.LossAfter.Value {
			kinds["steps with null"]++
		}
		if s.GaussNewton != nil {
			kinds["certificates"]++
		}
		if s.Trust != nil {
			kinds["judged steps"]++
		}
	}
}
