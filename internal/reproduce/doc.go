// SPDX-License-Identifier: Apache-2.0

// Package reproduce makes the runs that claims need and has them judged.
//
//	claims.Cells ── a cell for every arm in a setting of a task ──┐
//	                                                              │
//	      what is there (OUT/TASK/SETTING, sweep directories) ── Wants ──> runs to make next ── sweep.Work
//	                                                              │                                 │
//	                                        verdicts.json <── Verdicts <────────────────────────────┘
//
// What to make next follows from the directories alone: the tuning runs of a cell, then more of them where the grid
// has to grow, then the runs that are judged, then the analysis of CKA where a claim reads it. So a study that was
// stopped goes on with the same command, several processes work on it together (package lease), and a
// second call repeats nothing.
//
// Claims come one after the other, those of the paper first, so that a study that is cut short has
// verdicts on the first of them rather than half of the runs of all.
//
// It starts no process itself and opens no device: it is given how a run and an analysis are made.
package reproduce
