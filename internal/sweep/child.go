// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// exitInterrupted is the code of a run that was stopped and can go on.
const exitInterrupted = 75

// end is how an attempt ended.
type end struct {
	code int    // 128 and the signal for a process that a signal ended
	last string // the last line of what it said that tells why
	lost bool   // another process took the run over
}

// attempt runs the program for a claimed run, with its words in the run's log. It is told to stop when ctx ends.
func (w Work) attempt(ctx context.Context, c *claim, worker int) end {
	cmd := w.Command(c.run, w.Dir.Run(c.run), worker)
	log, offset, err := w.log(c.run, cmd)
	if err != nil {
		return end{code: 1, last: err.Error()}
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	ending, err := Supervise(ctx, cmd, c.lease)
	if err != nil {
		return end{code: 1, last: fmt.Sprintf("cannot start %s: %v", cmd.Path, err)}
	}
	e := end{lost: ending.Lost}
	e.code, e.last = exitOf(ending.Err), lastWords(log, offset)
	if ending.Told && e.code > 128 {
		e.code = exitInterrupted // it was told before it could listen, and had not begun
	}
	return e
}

// log opens the run's log with a line on top of the attempt; offset is where its words begin.
func (w Work) log(run Run, cmd *exec.Cmd) (f *os.File, offset int64, err error) {
	f, err = os.OpenFile(w.Dir.Log(run), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return nil, 0, err
	}
	host, _ := os.Hostname() // a machine without a name is still a machine
	if _, err := fmt.Fprintf(f, "# %s, process %d on %s: %s\n", time.Now().UTC().Format(time.RFC3339), os.Getpid(), host, strings.Join(cmd.Args, " ")); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	offset, err = f.Seek(0, 2)
	return f, offset, err
}

func exitOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		return 1
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

// lastWords is the line that says why a program ended: its own error, or that of a crash, or the last one.
func lastWords(log *os.File, offset int64) string {
	size, err := log.Seek(0, 2)
	if err != nil {
		return ""
	}
	offset = max(offset, size-tail)
	text := make([]byte, size-offset)
	if _, err := log.ReadAt(text, offset); err != nil {
		return ""
	}
	last := ""
	for line := range bytes.Lines(text) {
		line := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(line, "revgn: "), strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
			return strings.TrimPrefix(line, "revgn: ")
		case line != "":
			last = line
		}
	}
	return last
}

// judge says how the run stands after the attempt: what its directory tells, unless the program ended otherwise than that says.
func (e end) judge(s State) State {
	switch {
	case s.Ended:
	case e.lost:
		s.Status, s.Message = Running, "another process took it over"
	case e.code == exitInterrupted:
		s.Status = Interrupted
	default:
		s.Status, s.Message = Failed, e.why()
	}
	return s
}

func (e end) why() string {
	switch {
	case e.code > 128:
		return fmt.Sprintf("killed by signal %d (%v)", e.code-128, syscall.Signal(e.code-128))
	case e.code == 0:
		return "the program ended well, but the run is not done"
	case e.last == "":
		return fmt.Sprintf("the program ended with exit code %d and no word", e.code)
	}
	return e.last
}

// message is what the history keeps.
func (e end) message(s State) string {
	if e.code == 0 || e.code == exitInterrupted {
		return ""
	}
	if e.last != "" && e.code <= 128 {
		return e.last
	}
	return s.Message
}
