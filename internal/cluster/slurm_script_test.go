// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stage is a script that bash runs without Slurm: programs of the test's own stand
// in for revgn and scontrol, and write down what happens.
type stage struct {
	dir string
	cmd *exec.Cmd
}

// play starts the script of a job whose program is the given lines of bash.
func play(t *testing.T, j SlurmJob, program string, env ...string) stage {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash, which runs Slurm's scripts:", err)
	}
	s := stage{dir: t.TempDir()}
	j.Program = filepath.Join(s.dir, "program")
	var script bytes.Buffer
	if err := j.Write(&script); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"program":  program,
		"scontrol": `echo "$@" >> ` + s.dir + "/scontrol.log",
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte("#!"+bash+"\ncd "+s.dir+"\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.cmd = exec.Command(bash, "-s")
	s.cmd.Stdin = &script
	s.cmd.Env = append([]string{"PATH=" + s.dir + ":" + os.Getenv("PATH"), "SLURM_ARRAY_JOB_ID=7", "SLURM_ARRAY_TASK_ID=3"}, env...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// exit waits for the end and returns the exit code.
func (s stage) exit(t *testing.T) int {
	t.Helper()
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// read returns what a program wrote, "" while it has not.
func (s stage) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(s.dir, name))
	return string(text)
}

// await waits until a program has written a file.
func (s stage) await(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); s.read(name) == ""; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after a minute", name)
		}
	}
}

// The program gets its arguments as they are, its shard, and its exit code is the task's.
func TestScriptRuns(t *testing.T) {
	j := fullSlurm()
	j.Setup = []string{"export SETUP=done"}
	for _, code := range []int{0, 1, 2, 3, 75} {
		s := play(t, j, fmt.Sprintf(`printf '%%s\0' "$@" > args; echo "$REVGN_SHARD_COUNT $SETUP" > env; exit %d`, code))
		if got := s.exit(t); got != code {
			t.Errorf("exit code %d, want %d", got, code)
		}
		if got := strings.Split(strings.TrimSuffix(s.read("args"), "\x00"), "\x00"); !slices.Equal(got, j.Args) {
			t.Errorf("arguments %q, want %q", got, j.Args)
		}
		if got := s.read("env"); got != "60 done\n" {
			t.Errorf("environment %q", got)
		}
		if got := s.read("scontrol.log"); got != "" {
			t.Errorf("--requeue=false, but scontrol %q", got)
		}
	}
}

// A program that stopped early is started again, and so is none that ended otherwise, was cancelled, or was started again too often.
func TestScriptRequeues(t *testing.T) {
	const again = "requeue 7_3\n"
	for _, c := range []struct {
		name, program string
		signals       []os.Signal
		restarts      string
		code          int
		scontrol      string
	}{
		{"done", "exit 0", nil, "0", 0, ""},
		{"failed", "exit 1", nil, "0", 1, ""},
		{"out of its own time", "exit 75", nil, "5", 75, again},
		{"too often", "exit 75", nil, "100", 75, ""},
		{"time is up", `trap 'sleep 0.1; echo x >> heard; exit 75' USR1; echo > up; while :; do sleep 0.01; done`, []os.Signal{syscall.SIGUSR1}, "", 75, again},
		{"done at the last moment", `trap 'exit 0' USR1; echo > up; while :; do sleep 0.01; done`, []os.Signal{syscall.SIGUSR1}, "", 0, ""},
		{"signalled twice", `trap 'echo x >> heard' USR1; echo > up; while [ "$(wc -l < heard)" != 2 ]; do sleep 0.01; done 2>/dev/null; exit 75`, []os.Signal{syscall.SIGUSR1, syscall.SIGUSR1}, "", 75, again},
		{"cancelled", `trap 'exit 75' USR1; echo > up; until [ -e enough ]; do sleep 0.01; done; exit 75`, []os.Signal{syscall.SIGTERM}, "", 75, ""},
		{"killed", `kill -KILL $$`, nil, "", 137, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var env []string
			if c.restarts != "" {
				env = []string{"SLURM_RESTART_COUNT=" + c.restarts}
			}
			s := play(t, slurmOf(plain()), c.program, env...)
			for i, signal := range c.signals {
				s.await(t, "up")
				if i > 0 {
					s.await(t, "heard")
				}
				if err := s.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(s.dir, "enough"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			if code, scontrol := s.exit(t), s.read("scontrol.log"); code != c.code || scontrol != c.scontrol {
				t.Errorf("exit code %d and scontrol %q, want %d and %q", code, scontrol, c.code, c.scontrol)
			}
		})
	}
}
