// SPDX-License-Identifier: Apache-2.0

package gomlxfile

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"revgn/internal/safefile"
)

// WriteDir writes a checkpoint into dir, which must be absent, empty, or an earlier one of WriteDir alone, which it replaces, whole or not at all: a temporary
// directory beside it is synced and renamed.
func WriteDir(dir string, c Checkpoint) (err error) {
	content, err := c.describe()
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	if err := Check(dir); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".gomlx-*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, safefile.Cause(err))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", dir, safefile.Cause(errors.Join(err, os.RemoveAll(temp))))
		}
	}()
	if err = os.Chmod(temp, 0o755); err != nil {
		return err
	}
	base := filepath.Join(temp, c.baseName())
	if err = writeSynced(base+".bin", c.writeValues); err != nil {
		return err
	}
	if err = writeSynced(base+".json", func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
		return err
	}
	if err = syncDir(temp); err != nil {
		return err
	}
	if err = replace(dir, temp); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// replace puts the directory made in the place of dir, which need not be there. Package os renames onto no directory, so that an old one is put aside first, and back
// where the new one cannot take its place.
func replace(dir, made string) error {
	old := made + ".old"
	err := os.Rename(dir, old)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Rename(made, dir)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(made, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}

// describe is the .json.
func (c Checkpoint) describe() ([]byte, error) {
	content, err := c.serialized()
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(content, "", "\t")
	return append(b, '\n'), err
}

func (c Checkpoint) writeValues(w io.Writer) error {
	for _, v := range c.all() {
		if err := binary.Write(w, binary.LittleEndian, v.Data); err != nil {
			return err
		}
	}
	return nil
}

// Check refuses a directory that WriteDir would not write into. GoMLX would load the newest of all checkpoints in it.
func Check(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", dir, safefile.Cause(err))
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || len(entries) != 2 || !ours.MatchString(e.Name()) {
			return fmt.Errorf("cannot write %s: it holds %q (give --out a new or empty directory, or one with an earlier export alone)", dir, e.Name())
		}
	}
	return nil
}

// ours are the names that WriteDir gives, and GoMLX does not: its own have the time in them.
var ours = regexp.MustCompile(`^checkpoint-n0000000-step-[0-9]{8,}\.(bin|json)$`)

func writeSynced(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
