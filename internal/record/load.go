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

	"revgn/internal/npy"
	"revgn/internal/safefile"
)

// loadCheckpoint verifies the checksums of the checkpoint at path and reads it.
func loadCheckpoint(path string, step int) (*Checkpoint, error) {
	if err := verifySums(path); err != nil {
		return nil, err
	}
	name := filepath.Join(path, stateFile)
	b, err := readFile(name, maxState)
	if err != nil {
		return nil, err
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
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, err
	}
	if c.Format != checkpointFormat {
		return nil, fmt.Errorf("checkpoint format %d, want %d (written by another version of revgn)", c.Format, checkpointFormat)
	}
	if len(c.State) > 0 {
		var plain bytes.Buffer // as its writer gave it, before the file was indented
		if err := json.Compact(&plain, c.State); err != nil {
			return nil, err
		}
		c.State = plain.Bytes()
	}
	return &c.Checkpoint, nil
}

// verifySums compares the files of a checkpoint with SHA256SUMS, which must be just what was written: a byte too few is damage too.
func verifySums(path string) error {
	name := filepath.Join(path, sumsFile)
	b, err := readFile(name, maxSums)
	if err != nil {
		return err
	}
	sums := map[string]string{}
	for _, file := range []string{arraysFile, stateFile} {
		if sums[file], err = sumOf(filepath.Join(path, file)); err != nil {
			return err
		}
		if !bytes.Contains(b, []byte(sumLine(sums[file], file))) {
			return fmt.Errorf("%s is damaged: its SHA-256, %.12s…, is not that of %s (use another checkpoint)", filepath.Join(path, file), sums[file], sumsFile)
		}
	}
	if want := sumLines(sums[arraysFile], sums[stateFile]); string(b) != want {
		return fmt.Errorf("%s is damaged: got %d bytes that are not the sums of its two files (use another checkpoint)", name, len(b))
	}
	return nil
}

// sumLine is a line of SHA256SUMS, as sha256sum writes and checks it.
func sumLine(sum, file string) string { return sum + "  " + file + "\n" }

// sumLines is SHA256SUMS.
func sumLines(arrays, state string) string {
	return sumLine(arrays, arraysFile) + sumLine(state, stateFile)
}

func sumOf(name string) (string, error) {
	f, err := openFile(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("cannot read %s: %w", name, safefile.Cause(err))
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}
