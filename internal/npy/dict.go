// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// dict is the Python dictionary literal of a header.
type dict struct {
	descr   string
	fortran bool
	shape   []int
}

// scanner walks over a header's text.
type scanner struct{ rest string }

func (s *scanner) skip() { s.rest = strings.TrimLeft(s.rest, " \t\r\n") }

// take consumes the token where it comes next.
func (s *scanner) take(token string) bool {
	s.skip()
	rest, ok := strings.CutPrefix(s.rest, token)
	if ok {
		s.rest = rest
	}
	return ok
}

// quoted consumes a string in single or double quotes, without escapes.
func (s *scanner) quoted() (string, error) {
	s.skip()
	if s.rest == "" || (s.rest[0] != '\'' && s.rest[0] != '"') {
		return "", errors.New("want a quoted string (structured and object types are not read)")
	}
	text, rest, ok := strings.Cut(s.rest[1:], s.rest[:1])
	if !ok {
		return "", errors.New("a quoted string has no end")
	}
	s.rest = rest
	return text, nil
}

// tuple consumes a tuple of non-negative integers.
func (s *scanner) tuple() ([]int, error) {
	if !s.take("(") {
		return nil, errors.New("shape: want a tuple")
	}
	shape := []int{}
	for !s.take(")") {
		s.skip()
		end := 0
		for end < len(s.rest) && s.rest[end] >= '0' && s.rest[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(s.rest[:end])
		if err != nil {
			return nil, fmt.Errorf("shape: want a size of 0 or more at %s", clip(s.rest))
		}
		s.rest = s.rest[end:]
		s.take("L") // Python 2 wrote long integers as 3L
		shape = append(shape, n)
		if !s.take(",") && !strings.HasPrefix(s.rest, ")") {
			return nil, fmt.Errorf("shape: want ',' or ')' at %s", clip(s.rest))
		}
	}
	return shape, nil
}

// parseDict reads {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } with
// its keys in any order, each exactly once.
func parseDict(text string) (dict, error) {
	s := &scanner{text}
	if !s.take("{") {
		return dict{}, errors.New("want '{'")
	}
	var d dict
	seen := map[string]bool{}
	for !s.take("}") {
		key, err := s.quoted()
		if err != nil {
			return dict{}, err
		}
		if seen[key] || !s.take(":") {
			return dict{}, fmt.Errorf("key %s: a repeated key or no ':'", clip(key))
		}
		seen[key] = true
		if err := d.set(key, s); err != nil {
			return dict{}, err
		}
		if s.take(",") {
			continue
		}
		if !strings.HasPrefix(s.rest, "}") {
			return dict{}, fmt.Errorf("want ',' or '}' at %s", clip(s.rest))
		}
	}
	s.skip()
	if s.rest != "" || len(seen) != 3 {
		return dict{}, errors.New("want exactly the keys 'descr', 'fortran_order', 'shape'")
	}
	return d, nil
}

func (d *dict) set(key string, s *scanner) (err error) {
	switch key {
	case "descr":
		d.descr, err = s.quoted()
	case "shape":
		d.shape, err = s.tuple()
	case "fortran_order":
		d.fortran = s.take("True")
		if !d.fortran && !s.take("False") {
			err = errors.New("fortran_order: want True or False")
		}
	default:
		err = fmt.Errorf("unknown key %s", clip(key))
	}
	return err
}
