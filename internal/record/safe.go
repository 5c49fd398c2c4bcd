// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"os"
	"path/filepath"

	"revgn/internal/safefile"
)

// What the files of a run directory, which may come from a stranger, can have at most in bytes.
const (
	maxConfig   = 1 << 20
	maxManifest = 4 << 20
	maxState    = 4 << 20 // checkpoint.json; its free-form part takes up to 40 times that in memory
	maxSums     = 64 << 10
	maxAnalysis = 64 << 20
)

// CheckWritable refuses a run directory in which what this program writes or removes could come to lie, or be, elsewhere: one that holds symbolic links, pipes or
// devices. dir itself may be a link, since the user has named it.
func CheckWritable(dir string) error {
	if err := safefile.CheckBelow(dir); err != nil {
		return fmt.Errorf("%s is not written to: %w", dir, err)
	}
	return nil
}

// readFile reads a small file of a run directory.
func readFile(path string, limit int64) ([]byte, error) {
	b, err := safefile.Read(path, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, safefile.Cause(err))
	}
	return b, nil
}

// openFile opens a file of a run directory for reading.
func openFile(path string) (*os.File, error) {
	f, err := safefile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, safefile.Cause(err))
	}
	return f, nil
}

// checkAnalyses refuses an analysis directory through which an analysis would write elsewhere.
func checkAnalyses(dir string) error {
	path := filepath.Join(dir, analysisDir)
	if err := safefile.CheckTree(path); err != nil {
		return fmt.Errorf("%s is not written to: %w", path, err)
	}
	return nil
}
