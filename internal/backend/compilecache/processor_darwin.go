// SPDX-License-Identifier: Apache-2.0

package compilecache

import "golang.org/x/sys/unix"

// processor is the name of the chip, which on Apple's machines tells its features too.
func processor() (string, error) { return unix.Sysctl("machdep.cpu.brand_string") }
