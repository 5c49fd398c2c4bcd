// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cudaLayout is where NVIDIA's Python wheels put what the plugin needs first, by CUDA major version, relative to their
// common directory "nvidia" (go-xla v0.4.1, installer/cuda.go).
func cudaLayout(cuda int) (cublas, ptxas string) {
	if cuda == 12 {
		return "cublas/lib/libcublas.so.12", "cuda_nvcc/bin/ptxas"
	}
	return "cu13/lib/libcublas.so.13", "cu13/bin/ptxas"
}

// nvidiaDir is the directory of NVIDIA's libraries: the one given, else that of the user's Python. These libraries
// (about 3 GB, NVIDIA's own licences) are not downloaded here: they come with the user's pip.
// Python is asked in the directory stage, which is empty: it would take a nvidia.py of the directory that this program was started in.
func nvidiaDir(ctx context.Context, o InstallOptions, stage string) (string, error) {
	cublas, _ := cudaLayout(o.CUDA)
	candidates := []string{o.NVIDIADir}
	if o.NVIDIADir == "" {
		script := "import nvidia; print('\\n'.join(nvidia.__path__))"
		cmd := exec.CommandContext(ctx, "python3", "-c", script)
		cmd.Dir = stage
		out, err := cmd.Output()
		if err != nil {
			out = nil // no Python, or a Python without these wheels: the message below tells what to do
		}
		candidates = strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	for _, dir := range candidates {
		if dir == "" || len(isFile(filepath.Join(dir, cublas))) == 0 {
			continue
		}
		return filepath.Abs(dir)
	}
	return "", fmt.Errorf("NVIDIA's libraries for CUDA %d (%s) not found: pip install \"jax-cuda%d-plugin[with-cuda]==%s\", or give the directory nvidia that holds them with --nvidia-dir",
		o.CUDA, cublas, o.CUDA, jaxVersion)
}

// linkNVIDIA makes NVIDIA's libraries visible where the CUDA plugin looks for them: its run path is ../nvidia relative
// to itself, so each package directory gets a link beside the plugin; ptxas is sought in nvidia/bin.
func linkNVIDIA(from, beside string, cuda int) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("cannot read NVIDIA's libraries: %w", err)
	}
	for _, e := range entries {
		if e.Name() == "bin" || strings.HasPrefix(e.Name(), "_") {
			continue
		}
		if err := link(filepath.Join(from, e.Name()), filepath.Join(beside, e.Name())); err != nil {
			return err
		}
	}
	bin := filepath.Join(beside, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return fmt.Errorf("cannot link NVIDIA's libraries: %w", err)
	}
	_, ptxas := cudaLayout(cuda)
	return link(filepath.Join(from, ptxas), filepath.Join(bin, "ptxas"))
}

// link makes name a symbolic link to target, in one step; a file that is no link is left alone and reported.
func link(target, name string) error {
	if st, err := os.Lstat(name); err == nil && st.Mode()&fs.ModeSymlink == 0 {
		if same(target, name) {
			return nil
		}
		return fmt.Errorf("%s is in the way of a link to %s: move it", name, target)
	}
	tmp := name + ".revgn-new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot link NVIDIA's libraries: %w", err)
	}
	if err := os.Symlink(target, tmp); err != nil {
		return fmt.Errorf("cannot link NVIDIA's libraries: %w", err)
	}
	return os.Rename(tmp, name)
}

// same tells whether both paths lead to one file, as when the libraries lie beside the plugin already.
func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
