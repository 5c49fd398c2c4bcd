// SPDX-License-Identifier: Apache-2.0

package safefile

import (
	"errors"
	"io/fs"
	"os"
)

// Cause drops the operation and path that package os puts before an error, for messages that name the path themselves.
func Cause(err error) error {
	_, why := dissect(err)
	return why
}

// Path is the file that an error of package os is about, the new one of two, "" where the error names none.
func Path(err error) string {
	path, _ := dissect(err)
	return path
}

func dissect(err error) (path string, why error) {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Path, pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.New, le.Err
	}
	return "", err
}
