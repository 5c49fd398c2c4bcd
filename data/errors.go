// SPDX-License-Identifier: Apache-2.0

package data

import (
	"errors"
	"fmt"
)

// ErrMissing is wrapped by the errors of data sets that are not there.
var ErrMissing = errors.New("data set not found")

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
