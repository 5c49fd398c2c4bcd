// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"fmt"
	"runtime"
	"strings"
)

// Catch runs fn and returns what it panicked with as an error of one line, nil if it returned.
//
// GoMLX panics with an error when a graph under construction is wrong (shapes, dtypes, closures); this is the one
// boundary where such a panic becomes an error. A Go runtime error (index out of range, nil pointer) is a fault of the
// program, not of its input: it is returned too, with the place where it arose.
func Catch(fn func()) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("internal error: %w at %s", e, panicSite())
		case error:
			err = &caughtError{e}
		default:
			err = fmt.Errorf("%s", oneLine(fmt.Sprint(e)))
		}
	}()
	fn()
	return nil
}

// caughtError prints a panic's error on one line and keeps it for errors.Is and errors.As.
type caughtError struct{ err error }

func (c *caughtError) Error() string { return oneLine(c.err.Error()) }
func (c *caughtError) Unwrap() error { return c.err }

// oneLine joins the lines of a message; the libraries below spread theirs over several.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// panicSite is the source position of the statement that panicked, searched outward from the runtime's own frames.
func panicSite() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if f.File != "" && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
