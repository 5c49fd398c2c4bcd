// SPDX-License-Identifier: Apache-2.0

package slurmtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slurmVariable, set to 1, has the test run; without it there may be no Slurm.
const slurmVariable = "REVGN_SLURM"

// patience is how long anything may take on a machine that is busy with other things.
const patience = 20 * time.Minute

// slurm is a Slurm of one node that lives as long as the test.
type slurm struct{ dir string }

// wanted skips where nobody asked for Slurm.
func wanted(t *testing.T) {
	t.Helper()
	if os.Getenv(slurmVariable) != "1" {
		t.Skipf("%s is not 1: run `make slurm`, as root, which installs Slurm and starts this", slurmVariable)
	}
	if os.Getuid() != 0 {
		t.Fatal("slurmd starts jobs as their users, for which it must be root")
	}
}

// start starts the three daemons and waits until the node takes jobs.
func start(t *testing.T) slurm {
	t.Helper()
	// t.TempDir is too long a path for munge's socket, and has the name of the test in it.
	dir, err := os.MkdirTemp("", "slurm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := slurm{dir}
	s.configure(t)
	s.daemon(t, "munged", "--foreground", "--force", "--key-file="+s.path("munge.key"), "--socket="+s.path("munge.socket"),
		"--pid-file="+s.path("munged.pid"), "--log-file="+s.path("munged.log"), "--seed-file="+s.path("munge.seed"))
	await(t, "munge's socket", func() bool { _, err := os.Stat(s.path("munge.socket")); return err == nil })
	s.daemon(t, "slurmctld", "-D", "-c")
	s.daemon(t, "slurmd", "-D")
	t.Cleanup(func() { s.clear(t) })
	await(t, "an idle node", func() bool {
		out, err := s.try("sinfo", "-h", "-o", "%T")
		return err == nil && strings.TrimSpace(out) == "idle"
	})
	return s
}

func (s slurm) path(name string) string { return filepath.Join(s.dir, name) }

// configure writes the configuration and munge's key.
func (s slurm) configure(t *testing.T) {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	key := make([]byte, 1024)
	rand.Read(key)
	text := fmt.Sprintf(`ClusterName=test
SlurmctldHost=%[1]s(127.0.0.1)
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# cred_expire is also how long a job waits that was put back into the queue: 120 s where nothing is said.
AuthInfo=socket=%[2]s/munge.socket,cred_expire=6
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmdPidFile=%[2]s/slurmd.pid
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1
# On a busy machine the daemons answer late.
SlurmdTimeout=600
MessageTimeout=100
BatchStartTimeout=100
KillWait=60
JobRequeue=1
SlurmdParameters=config_overrides
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`, host, s.dir, freePort(t), freePort(t))
	for name, bytes := range map[string][]byte{"munge.key": key, "slurm.conf": []byte(text)} {
		if err := os.WriteFile(s.path(name), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"state", "spool"} {
		if err := os.Mkdir(s.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// daemon starts a program that runs until the test ends. If the test fails what it said is shown.
func (s slurm) daemon(t *testing.T, name string, args ...string) {
	t.Helper()
	said, err := os.Create(s.path(name + ".said")) // also what comes before there is a log
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd := s.command(name, args...)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("%s ended early: %v", name, err)
		}
		kill := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		defer kill.Stop()
		cmd.Wait() // of its exit code nothing depends
		if t.Failed() {
			said, err := os.ReadFile(s.path(name + ".said"))
			t.Logf("%s (%v):\n%s", name, err, said)
		}
	})
}

// command is a program that talks to this Slurm alone.
func (s slurm) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"SLURM_CONF=" + s.path("slurm.conf"), "PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + os.Getenv("HOME")}
	return cmd
}

func (s slurm) try(name string, args ...string) (string, error) {
	out, err := s.command(name, args...).CombinedOutput()
	return string(out), err
}

// must runs one of Slurm's commands and returns what it printed.
func (s slurm) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := s.try(name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(out)
}

// queue is what is left to do, a line a task.
func (s slurm) queue(t *testing.T) string {
	t.Helper()
	return s.must(t, "squeue", "-h", "-r", "-o", "%i %T %r")
}

// timeIsUp sends the signal that Slurm sends ahead of the end of a task's time. scancel would send it again and again to a task that is back in the queue.
func (s slurm) timeIsUp(t *testing.T, task string, heard func() bool) {
	t.Helper()
	tell := s.command("scancel", "--batch", "--signal=USR1", task)
	if err := tell.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "end of task "+task, heard)
	tell.Process.Kill()
	tell.Wait()
}

// kill ends all processes of a task on the spot. (`scancel --signal=KILL` is a cancellation, which begins with TERM.)
func (s slurm) kill(t *testing.T, task string) {
	t.Helper()
	lines := strings.Split(s.must(t, "scontrol", "listpids", s.must(t, "squeue", "-h", "-j", task, "-o", "%A")), "\n")
	for _, line := range lines[1:] { // after the titles
		pid, err := strconv.Atoi(strings.Fields(line)[0])
		if err != nil || pid <= 1 {
			t.Fatalf("%q tells no process: %v", line, err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

// clear takes all jobs away, so that none outlives the daemons.
func (s slurm) clear(t *testing.T) {
	if out, err := s.try("scancel", "-u", "root"); err != nil {
		t.Logf("scancel: %v\n%s", err, out)
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if out, err := s.try("squeue", "-h"); err != nil || strings.TrimSpace(out) == "" {
			return
		}
	}
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after %v", what, patience)
		}
	}
}
