// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"os/exec"
)

// interrupting makes commands that are told to stop by someone else, as soon as their run is there.
func interrupting(command func(Run, string, int) *exec.Cmd) func(Run, string, int) *exec.Cmd {
	return func(run Run, dir string, worker int) *exec.Cmd {
		cmd := command(run, dir, worker)
		script := `"$@" & child=$!; until grep -qs '"kind":"step"' "$DIR/metrics.jsonl"; do sleep 0.01; done; kill -TERM $child; wait $child`
		wrapped := exec.Command("sh", append([]string{"-c", script, "sh"}, cmd.Args...)...)
		wrapped.Env = append(cmd.Env, "DIR="+dir)
		return wrapped
	}
}
