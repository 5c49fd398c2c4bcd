// SPDX-License-Identifier: Apache-2.0

package compilecache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Variable names the environment variable that puts the cache elsewhere (a directory) or turns it off ("off", "0", "false").
const Variable = "REVGN_COMPILE_CACHE"

// Place is the directory of the cache: that of Variable, else revgn/xla in the user's cache directory. off is the reason where there is none.
func Place() (dir, off string) {
	value := os.Getenv(Variable)
	switch strings.ToLower(value) {
	case "off", "0", "false":
		return "", fmt.Sprintf("%s=%s", Variable, value)
	case "":
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Sprintf("no cache directory: %v", err)
		}
		return filepath.Join(cache, "revgn", "xla"), ""
	}
	abs, err := filepath.Abs(value)
	if err != nil {
		return "", fmt.Sprintf("%s=%s: %v", Variable, value, err)
	}
	return abs, ""
}

// prepare makes the directory where it is missing and refuses one that others could put code into.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	st, err := os.Stat(dir)
	switch {
	case err != nil:
		return err
	case !st.IsDir():
		return fmt.Errorf("%s is not a directory", dir)
	case !owned(st):
		return fmt.Errorf("%s belongs to another user", dir)
	case st.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%s has mode %04o and other users' code could get into it: chmod 700 it, or set %s", dir, st.Mode().Perm(), Variable)
	}
	return nil
}
