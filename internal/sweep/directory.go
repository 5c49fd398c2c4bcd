// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/internal/safefile"
)

// Directory is the path of a sweep directory:
//
//	sweep.yaml            what was asked for
//	sweep.json            the runs that it comes to, with their options
//	runs/NAME/            a run directory as train writes it
//	runs/NAME.log         what train said, one attempt after the other
//	attempts/ID.jsonl     when and where it was started, and how it ended
//	locks/ID/             who works on it
type Directory string

func (d Directory) file() string   { return filepath.Join(string(d), "sweep.json") }
func (d Directory) people() string { return filepath.Join(string(d), "sweep.yaml") }
func (d Directory) runs() string   { return filepath.Join(string(d), "runs") }
func (d Directory) attempts(run Run) string {
	return filepath.Join(string(d), "attempts", run.ID+".jsonl")
}
func (d Directory) attemptsDirectory() string { return filepath.Join(string(d), "attempts") }

// Locks is where the leases are.
func (d Directory) Locks() string { return filepath.Join(string(d), "locks") }

// Run is the directory of a run.
func (d Directory) Run(run Run) string { return filepath.Join(d.runs(), run.Name) }

// Log is the file that holds what train said.
func (d Directory) Log(run Run) string { return d.Run(run) + ".log" }

// Is tells whether a path is a directory that holds a sweep.
func Is(path string) bool {
	_, err := os.Stat(Directory(path).file())
	return err == nil
}

// Holding is the sweep whose run lies in a directory; false where it belongs to none.
func Holding(run string) (Directory, bool) {
	run, err := filepath.Abs(run)
	if err != nil {
		return "", false
	}
	d := Directory(filepath.Dir(filepath.Dir(run)))
	return d, d.runs() == filepath.Dir(run) && Is(string(d))
}

// prepare makes the folders, and refuses those through which what is written would come to lie elsewhere. Of the run directories train itself sees to that.
func (d Directory) prepare() error {
	for _, dir := range []string{d.attemptsDirectory(), d.Locks()} {
		if err := safefile.CheckTree(dir); err != nil {
			return fmt.Errorf("%s is not written to: %w", d, err)
		}
	}
	entries, err := os.ReadDir(d.runs())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() && !e.Type().IsRegular() {
			return fmt.Errorf("%s is not written to: %s is neither a directory nor a regular file", d, filepath.Join(d.runs(), e.Name()))
		}
	}
	for _, dir := range []string{d.runs(), d.attemptsDirectory(), d.Locks()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("cannot write the sweep: %w (choose another --out)", err)
		}
	}
	return nil
}

// names are the directories under runs/ by the ids that they end with.
func (d Directory) names() (map[string]string, error) {
	entries, err := os.ReadDir(d.runs())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range entries {
		if i := strings.LastIndex(e.Name(), "-"); i > 0 && e.IsDir() {
			names[e.Name()[i+1:]] = e.Name()
		}
	}
	return names, nil
}

// verify refuses a run directory whose options are not those that its name stands for: it was put there, or another version of the program made it.
func (d Directory) verify(run Run) error {
	path := record.ConfigPath(d.Run(run))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	there, err := config.Assemble([]config.Given{{Name: "config", Value: path, Where: path}})
	if err != nil {
		return err
	}
	there, _, err = there.Settled()
	if err != nil {
		return err
	}
	if got := ID(there); got != run.ID {
		return fmt.Errorf("%s holds a run with other options (id %s): move it away, or choose another --out", d.Run(run), got)
	}
	return nil
}
