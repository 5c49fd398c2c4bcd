// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"revgn/internal/safefile"
)

// WriteZip writes the arrays as an .npz archive that numpy.load reads. The same
// arrays always give the same bytes: nothing in it depends on time or machine.
// Every array is checked before the first byte is written.
func WriteZip(w io.Writer, arrays []Array) error {
	seen := map[string]bool{}
	for _, a := range arrays {
		if err := a.check(); err != nil {
			return fmt.Errorf("array %s: %w", clip(a.Name), err)
		}
		if seen[a.Name] {
			return fmt.Errorf("array %s comes twice", clip(a.Name))
		}
		seen[a.Name] = true
	}
	z := zip.NewWriter(w)
	for _, a := range arrays {
		m, err := z.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store})
		if err == nil {
			err = writeArray(m, a)
		}
		if err != nil {
			return fmt.Errorf("array %s: %w", clip(a.Name), err)
		}
	}
	return z.Close()
}

// check says whether the array can be written.
func (a Array) check() error {
	if a.Name == "" || strings.ContainsAny(a.Name, "\\\x00") {
		return errors.New("its name is empty or holds a backslash or NUL")
	}
	_, n, err := typeOf(a.Data)
	if err != nil {
		return err
	}
	want, err := elements(a.Shape)
	if err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%d elements, want %d for shape %v", n, want, a.Shape)
	}
	return nil
}

func writeArray(w io.Writer, a Array) error {
	t, _, err := typeOf(a.Data)
	if err != nil {
		return err
	}
	if _, err := w.Write(encodeHeader(t, a.Shape)); err != nil {
		return err
	}
	switch d := a.Data.(type) {
	case []float32:
		return writeData(w, d, 4)
	case []float64:
		return writeData(w, d, 8)
	case []int32:
		return writeData(w, d, 4)
	case []int64:
		return writeData(w, d, 8)
	case []uint8:
		_, err = w.Write(d)
	}
	return err
}

func writeData[T float32 | float64 | int32 | int64](w io.Writer, d []T, size int) error {
	buf := make([]byte, min(chunk, len(d)*size))
	for len(d) > 0 {
		n := min(len(d), len(buf)/size)
		// Encode cannot fail: the source has a fixed size and fits.
		_, _ = binary.Encode(buf[:n*size], binary.LittleEndian, d[:n])
		if _, err := w.Write(buf[:n*size]); err != nil {
			return err
		}
		d = d[n:]
	}
	return nil
}

// WriteFile writes the arrays to an .npz file, whole or not at all: a temporary
// file beside path is synced and renamed over it.
func WriteFile(path string, arrays []Array) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".npz-*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, safefile.Cause(err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("cannot write %s: %w", path, safefile.Cause(err))
		}
	}()
	if err = WriteZip(f, arrays); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
