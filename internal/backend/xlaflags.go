// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// flagsVariable is read by XLA itself, once, when a plugin opens. A flag it does not know, a value of the wrong type, or
// a first word that is no readable file make it abort the process (xla/parse_flags_from_env.cc), so the flags are
// checked before: their form here, their names and values by checkXLAFlags in a child process.
const flagsVariable = "XLA_FLAGS"

// flagError is a mistake in XLA_FLAGS.
type flagError struct{ reason string }

func (e *flagError) Error() string { return e.reason }

func isFlagError(err error) bool {
	var e *flagError
	return errors.As(err, &e)
}

// checkFlagSyntax refuses flags whose form XLA would abort on. XLA splits at white space outside quotes; a value whose
// first word does not begin with "--" is the name of a file of flags.
func checkFlagSyntax(value string) error {
	words := strings.Fields(value)
	if len(words) == 0 {
		return nil
	}
	if !strings.HasPrefix(words[0], "--") {
		if st, err := os.Stat(strings.TrimSpace(value)); err == nil && st.Mode().IsRegular() {
			return nil
		}
		return &flagError{fmt.Sprintf("%s %q: %q is neither a flag (--xla_NAME=VALUE) nor a file of flags", flagsVariable, value, words[0])}
	}
	if strings.ContainsAny(value, `'"`) {
		return nil // quoted values may hold anything; the child process tells
	}
	for _, w := range words {
		if !strings.HasPrefix(w, "--") {
			return &flagError{fmt.Sprintf("%s: %q is not a flag, they look like --xla_NAME=VALUE with white space between", flagsVariable, w)}
		}
		if strings.Contains(w, ";--") {
			return &flagError{fmt.Sprintf("%s: %q joins flags with ';', separate them by white space", flagsVariable, w)}
		}
	}
	return nil
}
