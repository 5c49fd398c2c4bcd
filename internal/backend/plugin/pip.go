// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// pipCommand is the first of the usual ways to call pip that works on this machine.
//
// dir is where it is called: python3 -m pip would take a pip.py of the directory that this program was started in, which may be a stranger's.
func pipCommand(ctx context.Context, dir string) ([]string, error) {
	for _, c := range [][]string{{"pip"}, {"pip3"}, {"python3", "-m", "pip"}, {"python", "-m", "pip"}} {
		cmd := exec.CommandContext(ctx, c[0], append(c[1:], "--version")...)
		cmd.Dir = dir
		if cmd.Run() == nil {
			return c, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("no pip found (tried pip, pip3, python3 -m pip, python -m pip): install Python's pip, or give a downloaded wheel with --from-wheel")
}

// pipDownload fetches one wheel into dir with the user's pip, so that the user's index, proxy and certificate settings
// hold, and returns its path. The sum is checked by the caller.
func pipDownload(ctx context.Context, w Wheel, dir string) (string, error) {
	pip, err := pipCommand(ctx, dir)
	if err != nil {
		return "", err
	}
	args := append(pip[1:], "download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check",
		"--progress-bar=off", "--dest", dir)
	args = append(append(args, w.PipArgs...), w.Package+"=="+w.Version)
	cmd := exec.CommandContext(ctx, pip[0], args...)
	cmd.Dir = dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("pip download %s==%s failed: %s", w.Package, w.Version, lastError(string(out), err))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(files) != 1 {
		return "", fmt.Errorf("pip download %s==%s left %d wheels, expected 1", w.Package, w.Version, len(files))
	}
	return files[0], nil
}

// lastError is the last line of pip's output that tells an error, else how the process ended.
func lastError(out string, err error) string {
	for _, marker := range []string{"ERROR:", "error:"} {
		if i := strings.LastIndex(out, marker); i >= 0 {
			line, _, _ := strings.Cut(out[i+len(marker):], "\n")
			return strings.TrimSpace(line)
		}
	}
	return err.Error()
}
