// SPDX-License-Identifier: Apache-2.0

// Package study makes a page, figures and tables of the directory in which claims were judged:
//
//	OUT/verdicts.json ─────────────> claims.Verdicts ──┬── page ────> OUT/report.html
//	OUT/TASK/SETTING/runs/NAME/ ──> means of arms ─────┼── figures ─> OUT/figures/TASK-NAME.svg, .png
//	        (internal/report)                          └── tables ──> OUT/tables/*.csv, *.tex
//
// The figures are data (subjects.go, openings.go): what each answers, which arms of which setting it compares in what. An arm's runs are those that verdicts.json
// names, so that none by which a rate was chosen is among them; an arm's curve is the mean over them as in internal/report. A figure whose runs are not there is left
// out, and one with fewer runs than seeds, or with a run that did not end well, says so.
//
// It judges nothing: verdicts stand as verdicts.json has them. What that file and the runs hold is not trusted: it reaches the page as escaped text and JSON
// alone, and no name in it leads out of OUT. It refuses a file of another format.
package study
