// SPDX-License-Identifier: Apache-2.0

// Package progress tells a person, or a machine, how far a long run is.
//
//	terminal      one line that is redrawn in place, at most ten times a second
//	file or pipe  a plain line now and then: the first, the last, and one every
//	              ten seconds between; never a control sequence
//	json          one object a line, at the same pace
//
// Results of evaluations are lines that stay, at most one a second, the last one always; in json all of them.
//
// It measures nothing itself, and refuses to grow: every line is clipped to the
// width of the terminal, so that redrawing in place stays possible.
package progress
