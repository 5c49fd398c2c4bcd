// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxPlugin bounds what is unpacked from a wheel, in bytes. The largest plugin known (CUDA) has about 600 MB.
const maxPlugin = 4 << 30

// unpack writes the wheel's one file of the given base name to out and syncs it. An empty name means: whatever looks
// like a PJRT plugin, if there is exactly one.
func unpack(wheel, name, out string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("%s is not a wheel (zip archive): %w", wheel, err)
	}
	defer z.Close()
	member, err := pick(z.File, name)
	if err != nil {
		return fmt.Errorf("%s: %w", wheel, err)
	}
	if member.UncompressedSize64 > maxPlugin {
		return fmt.Errorf("%s: %.80q claims %d bytes, allowed are %d", wheel, member.Name, member.UncompressedSize64, int64(maxPlugin))
	}
	in, err := member.Open()
	if err != nil {
		return fmt.Errorf("%s: %.80q: %w", wheel, member.Name, err)
	}
	defer in.Close()
	if err := writeSynced(out, io.LimitReader(in, maxPlugin)); err != nil {
		return fmt.Errorf("cannot unpack %s: %w", wheel, err)
	}
	return nil
}

// pick finds the plugin among a wheel's files.
func pick(files []*zip.File, name string) (*zip.File, error) {
	var found []*zip.File
	for _, f := range files {
		base := path.Base(f.Name)
		if base == name || name == "" && looksLikePlugin(base) {
			found = append(found, f)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	want := name
	if want == "" {
		want = "pjrt_c_api_*_plugin.so, xla_*_plugin.so, *pjrt*.so or libtpu.so"
	}
	return nil, fmt.Errorf("%d files named %s in the wheel, need exactly one: take the library out yourself and give it with --from-so", len(found), want)
}

func looksLikePlugin(base string) bool {
	for _, pattern := range []string{"pjrt_c_api_*_plugin.so", "xla_*_plugin.so", "*pjrt*.so", "libtpu.so"} {
		if ok, err := filepath.Match(pattern, base); ok && err == nil {
			return !strings.HasPrefix(base, ".")
		}
	}
	return false
}

// writeSynced copies in to a new file that is on disk when it returns.
func writeSynced(out string, in io.Reader) error {
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, in); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// syncDir makes a rename in dir last across a power failure.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
