// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallCUDALinksTheLibraries(t *testing.T) {
	linuxOnly(t)
	for _, cuda := range []int{12, 13} {
		wheel, pin := goodWheel(t)
		from, dir := filepath.Join(t.TempDir(), "nvidia"), t.TempDir()
		cublas, ptxas := cudaLayout(cuda)
		touch(t, from, cublas)
		touch(t, from, ptxas)
		touch(t, from, "cudnn", "lib", "libcudnn.so.9")
		o := InstallOptions{Device: "cuda", CUDA: cuda, Dir: dir, FromWheel: wheel, NVIDIADir: from, wheels: []Wheel{pin}}
		for range 2 { // the second install finds its own links
			path, _, err := Install(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(dir, "nvidia", FileName("cuda")); path != want {
				t.Errorf("installed %s, want %s", path, want)
			}
			// The plugin's run path leads to ../nvidia/DIRECTORY/lib.
			for _, lib := range []string{cublas, "cudnn/lib/libcudnn.so.9", "bin/ptxas"} {
				if _, err := os.Stat(filepath.Join(filepath.Dir(path), "..", "nvidia", lib)); err != nil {
					t.Errorf("CUDA %d: %v", cuda, err)
				}
			}
			if found, ok := Find([]string{dir}, "cuda"); !ok || found != path {
				t.Errorf("Find gives %q", found)
			}
		}
	}
}

func TestInstallCUDAWithoutLibraries(t *testing.T) {
	linuxOnly(t)
	wheel, pin := goodWheel(t)
	dir := t.TempDir()
	_, _, err := Install(context.Background(), InstallOptions{Device: "cuda", Dir: dir, FromWheel: wheel, NVIDIADir: t.TempDir(), wheels: []Wheel{pin}})
	if err == nil || !strings.Contains(err.Error(), "jax-cuda13-plugin[with-cuda]") || !strings.Contains(err.Error(), "--nvidia-dir") {
		t.Errorf("missing libraries: %v", err)
	}
	if _, ok := Find([]string{dir}, "cuda"); ok {
		t.Error("a plugin without its libraries is in place")
	}
}

func TestLinkSparesFiles(t *testing.T) {
	target, name := touch(t, t.TempDir(), "target"), touch(t, t.TempDir(), "name")
	if err := link(target, name); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("a file in the way of a link: %v", err)
	}
	if raw, err := os.ReadFile(name); err != nil || string(raw) != name {
		t.Errorf("the file in the way has become %q, %v", raw, err)
	}
}
