// SPDX-License-Identifier: Apache-2.0

package study

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"revgn/internal/claims"
	"revgn/internal/safefile"
)

// format is that of the files that this package reads.
const format = 1

// Is tells whether a directory holds a study.
func Is(dir string) bool {
	st, err := os.Stat(filepath.Join(dir, claims.VerdictsFile))
	return err == nil && st.Mode().IsRegular()
}

// Read reads the verdicts of a study.
func Read(dir string) (v claims.Verdicts, err error) {
	path := filepath.Join(dir, claims.VerdictsFile)
	b, err := safefile.Read(path, claims.MaxVerdicts)
	if err != nil {
		return v, fmt.Errorf("cannot read %s: %w", path, safefile.Cause(err))
	}
	var head struct{ Format int }
	if err := json.Unmarshal(b, &head); err != nil {
		return v, fmt.Errorf("%s is not of this program: %w", path, err)
	}
	if head.Format != format {
		return v, fmt.Errorf("%s: got format %d; want %d (it was written by another version of revgn)", path, head.Format, format)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("%s is damaged: %w", path, err)
	}
	return v, nil
}
