// SPDX-License-Identifier: Apache-2.0

// Package report makes a page, figures and tables of run directories:
//
//	run directories ── Find, Load ──> Content ──┬── page ────> report.html
//	   (internal/record)                        ├── figures ─> figures/*.svg, *.png
//	                                            └── tables ──> tables/*.csv, *.tex
//
// Runs whose options differ in the seed alone are a group. A group's curve is the
// mean over its runs at every step that all of them recorded, with the 95 % interval
// of Student's t. Long curves are thinned (thin.go): of every bucket of steps the
// least and the greatest value stay, so that no spike is lost.
//
// The page needs no network and no other file: scripts and styles are in it, and
// its Content-Security-Policy forbids it to load anything. What run directories
// hold is not trusted: it reaches the page as escaped text and JSON alone.
//
// It opens no backend, reads no weights and changes no run. It refuses directories
// that hold no run; a file of a run that is damaged or not there yet is named on the page, and
// the rest of the run is shown.
package report
