// SPDX-License-Identifier: Apache-2.0

package data

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrMissing is wrapped by the errors of data sets that are not there.
var ErrMissing = errors.New("data set not found")

// MissingError is a published data set that is not there. It wraps [ErrMissing].
type MissingError struct {
	// Name is the data set's name.
	Name string
	// Dir is the data directory, Folder the data set's own folder in it, such as "mnist/".
	Dir, Folder string
	// Files are those that are sought there and not found.
	Files []string
}

// Lacks says what is missing where.
func (e *MissingError) Lacks() string {
	return fmt.Sprintf("%s lacks %s", filepath.Join(e.Dir, e.Folder), strings.Join(e.Files, ", "))
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: %v: %s; run `revgn data get %s`, or point --data-dir at the folder that holds %s", e.Name, ErrMissing, e.Lacks(), e.Name, e.Folder)
}

func (e *MissingError) Unwrap() error { return ErrMissing }

// SizeError is a data set that has fewer training samples than are asked for.
type SizeError struct {
	Name       string
	Asked, Has int
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%s: train size %d, want at most the %d training samples that are there", e.Name, e.Asked, e.Has)
}

// ErrChecksum is wrapped by the error of a download that is not the published file.
var ErrChecksum = errors.New("checksum differs")

// ErrOffline is wrapped by the error of a download that was forbidden.
var ErrOffline = errors.New("offline")

// FileError is a file that does not hold what its format asks for.
type FileError struct {
	// File is the path; "archive.tar.gz:entry" for a file in an archive.
	File string
	// Offset is the byte at which the trouble begins, counted from 0.
	Offset int64
	// Unpacked says that Offset counts the bytes after decompression.
	Unpacked bool
	// Msg says what was found and what was expected.
	Msg string
}

func (e *FileError) Error() string {
	unpacked := ""
	if e.Unpacked {
		unpacked = " of the unpacked data"
	}
	return fmt.Sprintf("%s: byte %d%s: %s", e.File, e.Offset, unpacked, e.Msg)
}
