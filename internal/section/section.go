// SPDX-License-Identifier: Apache-2.0

// Package section reads and replaces the part of a document that a program writes, between two lines that mark it. A document that lacks a mark, or has one
// twice, is refused and stays as it is.
package section

import (
	"fmt"
	"os"
	"strings"

	"github.com/google/renameio/v2"
)

// Section is the text after the line Begin and before the line End.
type Section struct{ Begin, End string }

// parts are a document before, in and after the section.
func (s Section) parts(document string) (before, text, after string, err error) {
	begins, ends := strings.Count(document, s.Begin+"\n"), strings.Count(document, s.End)
	before, rest, _ := strings.Cut(document, s.Begin+"\n")
	text, after, closed := strings.Cut(rest, s.End)
	if begins != 1 || ends != 1 || !closed {
		err = fmt.Errorf("got %d lines %q and %d lines %q; want one of each, in this order", begins, s.Begin, ends, s.End)
	}
	return before, text, after, err
}

// Of returns the text of the section.
func (s Section) Of(document string) (string, error) {
	_, text, _, err := s.parts(document)
	return text, err
}

// Read returns the text of the section in the document at path.
func (s Section) Read(path string) (string, error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text, err := s.Of(string(document))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// Write puts text, which ends with a newline, into the section of the document at path. The document is replaced as a whole.
func (s Section) Write(path, text string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, _, after, err := s.parts(string(document))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return renameio.WriteFile(path, []byte(before+s.Begin+"\n"+text+s.End+after), 0o644)
}
