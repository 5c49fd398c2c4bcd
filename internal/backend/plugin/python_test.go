// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Python takes modules of the directory that it is started in. A stranger's directory with a pip.py or a nvidia.py must not get to run it.
func TestPythonTakesNothingFromTheWorkingDirectory(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here, so that none can be misled")
	}
	here, mark := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	for _, module := range []string{"pip.py", "nvidia.py"} {
		if err := os.WriteFile(filepath.Join(here, module), fmt.Appendf(nil, "open(%q, 'w')\n", mark), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(here)
	bin := t.TempDir() // Python, and no pip beside it
	script := fmt.Sprintf("#!/bin/sh\nPATH='%s' exec '%s' \"$@\"\n", os.Getenv("PATH"), python)
	if err := os.WriteFile(filepath.Join(bin, "python3"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	for _, c := range []struct {
		stage string
		runs  bool
	}{{here, true}, {t.TempDir(), false}} {
		for name, call := range map[string]func(){ // whether there is a pip and NVIDIA's libraries is not the question
			"pip":    func() { _, _ = pipCommand(context.Background(), c.stage) },
			"nvidia": func() { _, _ = nvidiaDir(context.Background(), InstallOptions{CUDA: 13}, c.stage) },
		} {
			call()
			if err := os.Remove(mark); (err == nil) != c.runs {
				t.Errorf("%s in %s: a module of the working directory was run: %v, want %v", name, c.stage, err == nil, c.runs)
			}
		}
	}
}
