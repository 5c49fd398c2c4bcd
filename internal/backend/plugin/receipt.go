// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/google/renameio/v2"

	"revgn/internal/safefile"
)

// Receipt says what Install put in place. It lies beside the plugin under the plugin's name with ".json" appended.
type Receipt struct {
	Device      string    `json:"device"`
	Package     string    `json:"package,omitempty"` // empty for a library given as a file
	Version     string    `json:"version,omitempty"`
	WheelSHA256 string    `json:"wheel_sha256,omitempty"`
	SHA256      string    `json:"sha256"` // of the plugin
	Source      string    `json:"source"` // "pip", "wheel FILE" or "so FILE"
	License     string    `json:"license,omitempty"`
	Pinned      bool      `json:"pinned"` // the wheel's SHA-256 was compared with the one this program knows
	Installed   time.Time `json:"installed"`
}

func receiptPath(plugin string) string { return plugin + ".json" }

// readReceipt returns nil without an error where the plugin has none.
func readReceipt(plugin string) (*Receipt, error) {
	raw, err := safefile.Read(receiptPath(plugin), 1<<16)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Receipt
	if err := json.Unmarshal(raw, &r); err != nil || len(r.SHA256) != 64 {
		return nil, fmt.Errorf("%s is not a receipt of an installed plugin: remove it, or install again with --force", receiptPath(plugin))
	}
	return &r, nil
}

func writeReceipt(plugin string, r Receipt) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(receiptPath(plugin), append(raw, '\n'), 0o644)
}

// Verify returns the SHA-256 of a plugin and its receipt (nil where it was not installed by this program). A plugin
// that differs from its receipt is an error.
func Verify(path string) (sum string, r *Receipt, err error) {
	if r, err = readReceipt(path); err != nil {
		return "", nil, err
	}
	if sum, err = cachedSum(path); err != nil {
		return "", nil, fmt.Errorf("cannot read the plugin: %w", err)
	}
	if r != nil && r.SHA256 != sum {
		return "", nil, fmt.Errorf("%s has SHA-256 %s, but %s was installed: install it again with --force, or remove %s if you replaced it yourself",
			path, sum, r.SHA256, receiptPath(path))
	}
	return sum, r, nil
}
