// SPDX-License-Identifier: Apache-2.0

// Package safefile opens and checks files that somebody else may have made, such as those of a run directory from a stranger.
//
// It refuses to read what is no regular file: a named pipe waits for ever, a device has no end. It refuses files above a size that the caller names. It
// refuses to write where a symbolic link lies on the way: the link's maker would choose the file that is overwritten.
//
// What it checks holds for files that lie there; it is no protection from someone who exchanges them at the same moment.
package safefile
