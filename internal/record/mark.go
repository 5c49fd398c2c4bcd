// SPDX-License-Identifier: Apache-2.0

package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"revgn/internal/safefile"
)

// Mark is a place in metrics.jsonl: so many bytes, and the SHA-256 of what stands before.
type Mark struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Mark is the end of metrics.jsonl as it stands.
func (r *Run) Mark() Mark {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Mark{r.written, fmt.Sprintf("%x", r.sum.Sum(nil))}
}

// check reads the file at path up to the mark and says what is wrong with it.
func (m Mark) check(path string) error {
	if m.SHA256 == "" {
		return errors.New("it does not say which lines of metrics.jsonl belong to it (written by an older revgn)")
	}
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.CopyN(sum, f, m.Bytes)
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s has lost lines: %d bytes are left of %d", path, n, m.Bytes)
	case err != nil:
		return fmt.Errorf("cannot read %s: %w", path, safefile.Cause(err))
	case fmt.Sprintf("%x", sum.Sum(nil)) != m.SHA256:
		return fmt.Errorf("%s was changed: its first %d bytes are not those that were written", path, m.Bytes)
	}
	return nil
}
