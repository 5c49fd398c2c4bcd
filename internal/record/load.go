// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"revgn/internal/npy"
)

// loadCheckpoint verifies the checksums of the checkpoint at path and reads it.
func loadCheckpoint(path string, step int) (*Checkpoint, error) {
	if err := verifySums(path); err != nil {
		return nil, err
	}
	name := filepath.Join(path, stateFile)
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, cause(err))
	}
	c, err := decodeCheckpoint(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if c.Step != step {
		return nil, fmt.Errorf("%s: step %d in the directory of step %d", name, c.Step, step)
	}
	c.Arrays, err = npy.ReadFile(filepath.Join(path, arraysFile), npy.Limits{})
	if err != nil {
		return nil, err
	}
	_, err = os.Lstat(filepath.Join(path, keepFile))
	c.Keep = err == nil
	return c, nil
}

func decodeCheckpoint(b []byte) (*Checkpoint, error) {
	var c checkpointJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return nil, err
	}
	if c.Format != checkpointFormat {
		return nil, fmt.Errorf("checkpoint format %d, want %d (written by another version of revgn)", c.Format, checkpointFormat)
	}
	return &c.Checkpoint, nil
}

// verifySums compares each file of a checkpoint with SHA256SUMS.
func verifySums(path string) error {
	name := filepath.Join(path, sumsFile)
	b, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", name, cause(err))
	}
	want := map[string]string{}
	for line := range strings.Lines(string(b)) {
		sum, file, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			return fmt.Errorf("%s: damaged line %.80q, want a SHA-256 and a file name", name, line)
		}
		want[file] = sum
	}
	for _, file := range []string{arraysFile, stateFile} {
		if err := verifySum(filepath.Join(path, file), want[file]); err != nil {
			return err
		}
	}
	return nil
}

func verifySum(name, want string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", name, cause(err))
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("cannot read %s: %w", name, cause(err))
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != want {
		return fmt.Errorf("%s is damaged: SHA-256 %s, want %.64q (use another checkpoint)", name, got, want)
	}
	return nil
}
