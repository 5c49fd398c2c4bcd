// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"bufio"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"runtime"
)

// checkLibrary tells whether a file is a shared library of this processor that names the one function every PJRT plugin
// exports. The file is read, never loaded.
func checkLibrary(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	e, err := elf.NewFile(f)
	if err != nil {
		return fmt.Errorf("%s is not a shared library (ELF): %v", path, err)
	}
	want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	if e.Machine != want {
		return fmt.Errorf("%s is built for %v, this machine needs %v", path, e.Machine, want)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	found, err := contains(f, []byte("GetPjrtApi\x00"))
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%s is not a PJRT plugin: it has no function GetPjrtApi", path)
	}
	return nil
}

// contains tells whether the stream holds the pattern, with memory for one block.
func contains(r io.Reader, pattern []byte) (bool, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		block, err := in.Peek(1 << 20)
		if bytes.Contains(block, pattern) {
			return true, nil
		}
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if _, err := in.Discard(len(block) - len(pattern) + 1); err != nil {
			return false, err
		}
	}
}
