// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// DefaultDir names a directory for a new run: base/20061102-150405-name, with -2,
// -3, ... appended while that exists. Characters of name that a shell or a file
// system could take amiss become '-'. It creates nothing.
func DefaultDir(base, name string, now time.Time) string {
	safe := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			return c
		}
		return '-'
	}, name)
	first := filepath.Join(base, now.Format("20060102-150405")+"-"+safe)
	dir := first
	for i := 2; ; i++ {
		if _, err := os.Lstat(dir); err != nil {
			return dir // absent, or Create will say what is wrong
		}
		dir = fmt.Sprintf("%s-%d", first, i)
	}
}

// Short is dir as people read it: relative to the working directory where it lies below that.
func Short(dir string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return dir
	}
	if short, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(short) {
		return short
	}
	return dir
}
