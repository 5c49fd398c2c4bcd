// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestCatch(t *testing.T) {
	zero, none := 0, []int(nil)
	for name, test := range map[string]struct {
		fn   func()
		want string // "" for no error
	}{
		"returns":       {func() {}, ""},
		"error":         {func() { panic(errors.New("shapes\n  differ")) }, "shapes differ"},
		"string":        {func() { panic("two\nlines") }, "two lines"},
		"runtime error": {func() { _ = none[zero] }, "internal error: runtime error: index out of range"},
		"position":      {func() { _ = none[zero] }, "catch_test.go:"},
	} {
		err := Catch(test.fn)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %q", name, err)
		}
	}
	if err := Catch(func() { panic(os.ErrNotExist) }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v has lost the error that was panicked with", err)
	}
}
