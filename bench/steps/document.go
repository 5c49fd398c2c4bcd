// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/google/renameio/v2"
)

// The section of a document that the program owns.
const (
	heading     = "## Compared"
	beginMarker = "<!-- compared: written by make table -->"
	endMarker   = "<!-- compared: end -->"
)

// rewrite puts text between the markers of the document at path, or adds the section at its end where there are none.
func rewrite(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed, err := replaceSection(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return renameio.WriteFile(path, []byte(changed), 0o644)
}

func replaceSection(document, text string) (string, error) {
	section := beginMarker + "\n" + text + endMarker
	begins, ends := strings.Count(document, beginMarker), strings.Count(document, endMarker)
	begin, end := strings.Index(document, beginMarker), strings.Index(document, endMarker)
	switch {
	case begins == 0 && ends == 0:
		return strings.TrimRight(document, "\n") + "\n\n" + heading + "\n\n" + section + "\n", nil
	case begins != 1 || ends != 1 || end < begin:
		return "", fmt.Errorf("got %d lines %q and %d lines %q; want one of each, in this order, or none", begins, beginMarker, ends, endMarker)
	}
	return document[:begin] + section + document[end+len(endMarker):], nil
}
