// SPDX-License-Identifier: Apache-2.0

//go:build unix

package compilecache

import (
	"io/fs"
	"os"
	"syscall"
)

// owned tells whether a file belongs to the user of this process.
func owned(st fs.FileInfo) bool {
	sys, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(sys.Uid) == os.Geteuid()
}
