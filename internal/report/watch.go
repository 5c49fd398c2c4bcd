// SPDX-License-Identifier: Apache-2.0

package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Watch calls write whenever the runs below paths changed since the last time: new runs, new metrics, another status or analysis. It looks every interval, and
// ends with the context.
func Watch(ctx context.Context, paths []string, interval time.Duration, write func(dirs []string) error) error {
	seen := ""
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		dirs, _, err := FindAmong(paths)
		if err != nil {
			return err
		}
		if now := signature(dirs); now != seen {
			if err := write(dirs); err != nil {
				return err
			}
			seen = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// signature changes when a file of a run does that the report shows.
func signature(dirs []string) string {
	s := ""
	for _, dir := range dirs {
		s += dir
		names := []string{"config.yaml", "metrics.jsonl", "summary.json", "manifest.json", "analysis"}
		for _, name := range names {
			if st, err := os.Stat(filepath.Join(dir, name)); err == nil {
				s += fmt.Sprintf(" %d %d", st.Size(), st.ModTime().UnixNano())
			}
		}
		s += "\n"
	}
	return s
}
