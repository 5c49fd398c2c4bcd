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

	"revgn/internal/safefile"
)

// WriteDir writes a checkpoint into dir, which must be absent or empty, whole or not at all: a temporary directory beside it is synced and renamed.
func WriteDir(dir string, c Checkpoint) (err error) {
	content, err := c.describe()
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	if err := checkEmpty(dir); err != nil {
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
	// Package os renames onto no directory, not even an empty one, which is all that this removes.
	if err = os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err = os.Rename(temp, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
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

// checkEmpty refuses a directory that holds anything: GoMLX would load the newest of all checkpoints in it.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", dir, safefile.Cause(err))
	case len(entries) > 0:
		return fmt.Errorf("cannot write %s: it holds %q (give --out a new or empty directory)", dir, entries[0].Name())
	}
	return nil
}

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
