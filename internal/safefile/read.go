// SPDX-License-Identifier: Apache-2.0

package safefile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Open opens a regular file, or a link to one, for reading.
func Open(path string) (*os.File, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, refusal("open", path, "it is %s, want a file", kind(st.Mode()))
	}
	return os.Open(path)
}

// Read returns the content of a regular file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = refusal("read", path, "it has more than %d bytes", limit)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// refusal is an error of the shape that package os gives.
func refusal(op, path, format string, a ...any) error {
	return &fs.PathError{Op: op, Path: path, Err: fmt.Errorf(format, a...)}
}

// kind names what a file is.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}
