// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/lease"
	"revgn/internal/record"
)

// asTrain in the environment makes this test binary a program that writes a run directory as train does, without training; it names the directory of the orders, files that
// are called as the seed of a run and hold what becomes of it.
const asTrain = "REVGN_TEST_SWEEP"

func TestMain(m *testing.M) {
	if orders := os.Getenv(asTrain); orders != "" {
		os.Exit(pretend(orders, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// pretend is `revgn train --resume`.
func pretend(orders string, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	err := fs.Parse(args[1:])
	if err == nil {
		o, err = config.Resolve(fs)
	}
	if err != nil {
		fmt.Println("revgn:", err)
		return 2
	}
	text, _ := os.ReadFile(filepath.Join(orders, fmt.Sprint(o.Seed)))
	order, times, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if times != "" { // it happens so often, then all goes well
		left := times[1:]
		next := order + " " + left
		if left == "" {
			next = ""
		}
		os.WriteFile(filepath.Join(orders, fmt.Sprint(o.Seed)), []byte(next), 0o644)
	}
	if order == "early" {
		fmt.Println("revgn: there is no plugin")
		return 1
	}
	run, err := begin(o)
	if err != nil {
		fmt.Println("revgn:", err)
		return 1
	}
	defer run.Close()
	if run.Summary(record.Running, "").Steps == 0 {
		err = run.AppendStep(record.StepRecord{Step: 1, Loss: 0.5})
	}
	s := run.Summary(record.Done, "")
	s.Seconds = 1
	code := 0
	switch order {
	case "fail":
		s, code = run.Summary(record.Failed, "out of memory"), 1
	case "diverge":
		s, code = run.Summary(record.Failed, "step 2 is not finite"), 1
		s.Final, s.ExitCode = true, 1
	case "die":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "wait":
		<-ctx.Done()
		s, code = run.Summary(record.Interrupted, "interrupted"), exitInterrupted
	case "hang":
		select {}
	}
	if err == nil {
		err = run.WriteSummary(s)
	}
	if err != nil || code == 1 {
		fmt.Println("revgn:", s.Message, err)
		return 1
	}
	return code
}

func begin(o config.Options) (*record.Run, error) {
	if record.Holds(o.Out) {
		run, from, err := record.Continue(o.Out)
		if err == nil {
			err = run.Rewind(from)
		}
		return run, err
	}
	run, err := record.Create(o.Out)
	if err != nil {
		return nil, err
	}
	text, err := o.Resolved()
	if err == nil {
		err = run.WriteConfig(text)
	}
	if err == nil {
		err = run.WriteManifest(record.NewManifest(time.Now()))
	}
	if err == nil {
		err = run.WriteSummary(run.Summary(record.Running, ""))
	}
	return run, err
}

// bed is a sweep directory with runs that differ in the seed.
type bed struct {
	t      *testing.T
	dir    Directory
	runs   []Run
	orders string
}

func newBed(t *testing.T, runs int) *bed {
	t.Helper()
	b := &bed{t: t, dir: Directory(t.TempDir()), orders: t.TempDir()}
	b.runs = expanded(t, crossed(t, fmt.Sprintf("seed=0..%d steps=1 hidden=8 batch-size=4", runs-1))).Runs
	var err error
	if b.runs, err = b.dir.Add(t.Context(), b.room(), "axes: {}\n", b.runs); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bed) room() *lease.Room {
	b.t.Helper()
	r, err := lease.Open(b.dir.Locks(), lease.Shortest)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// order says what becomes of the run with that seed; "fail xx" happens twice.
func (b *bed) order(seed int, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.orders, fmt.Sprint(seed)), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) work() Work {
	return Work{
		Dir: b.dir, Runs: b.runs, Room: b.room(), Workers: 2, Retries: 1, Wait: true, Tell: func(Event) {},
		Command: func(run Run, dir string, _ int) *exec.Cmd {
			args, err := run.Options.Args()
			if err != nil {
				panic(err)
			}
			cmd := exec.Command(os.Args[0], append(append([]string{"train"}, args...), "--out="+dir, "--resume")...)
			cmd.Env = append(os.Environ(), asTrain+"="+b.orders)
			return cmd
		},
	}
}

// execute must end without an error of the sweep itself.
func (b *bed) execute(w Work) {
	b.t.Helper()
	if err := w.Execute(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// check compares statuses and the numbers of attempts, as in "done 1, failed 2".
func (b *bed) check(want string) {
	b.t.Helper()
	var got []string
	for i, s := range b.dir.States(b.runs, b.room()) {
		starts := 0
		for _, a := range b.dir.history(b.runs[i]) {
			if a.Event == "start" {
				starts++
			}
		}
		got = append(got, fmt.Sprintf("%s %d", s.Status, starts))
	}
	if text := strings.Join(got, ", "); text != want {
		b.t.Errorf("got %s, want %s", text, want)
	}
}
