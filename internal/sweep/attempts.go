// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"time"
)

// attempt is a line of attempts/ID.jsonl; only the holder of the run's lease writes there.
type attempt struct {
	Event   string    `json:"event"` // start or end
	Time    time.Time `json:"time"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"` // of the sweep
	Exit    int       `json:"exit"`
	Seconds float64   `json:"seconds,omitempty"`
	Error   string    `json:"error,omitempty"`
}

// note appends a line.
func (d Directory) note(run Run, a attempt) error {
	a.Time, a.PID = time.Now().UTC(), os.Getpid()
	a.Host, _ = os.Hostname() // a machine without a name is still a machine
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(d.attempts(run), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	// A line that a full disk or a kill cut short stays alone in its line.
	if size, err := f.Seek(0, 2); err == nil && size > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, size-1); err == nil && last[0] != '\n' {
			line = append([]byte("\n"), line...)
		}
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// history reads the lines; those that are cut short are left out.
func (d Directory) history(run Run) []attempt {
	f, err := os.Open(d.attempts(run))
	if err != nil {
		return nil
	}
	defer f.Close()
	var all []attempt
	for in := bufio.NewScanner(f); in.Scan(); {
		var a attempt
		if json.Unmarshal(in.Bytes(), &a) == nil && a.Event != "" {
			all = append(all, a)
		}
	}
	return all
}

// failures counts the attempts that ended in an error, by whichever process.
func (d Directory) failures(run Run) int {
	n := 0
	for _, a := range d.history(run) {
		if a.Event == "end" && a.failed() {
			n++
		}
	}
	return n
}

// failed leaves out ends that were asked for.
func (a attempt) failed() bool { return a.Exit != 0 && a.Exit != exitInterrupted }

// lastFailure says how a run that left no summary failed, if the newest attempt did.
func (d Directory) lastFailure(run Run) (string, bool) {
	all := d.history(run)
	if len(all) == 0 || all[len(all)-1].Event != "end" || !all[len(all)-1].failed() {
		return "", false
	}
	return all[len(all)-1].Error, true
}
