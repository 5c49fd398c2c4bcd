// SPDX-License-Identifier: Apache-2.0

// Package sweep makes many runs of `revgn train`: axes of options crossed, zipped or conditional, in processes of
// their own, by any number of sweep processes on any number of hosts that share a file system.
//
//	Definition ── Expand ──> runs ── Store ──> DIR/sweep.json
//	                                  │
//	          Execute: claim a run by its lease, start `revgn train --resume`, wait
//	                                  │
//	              DIR/runs/NAME/    what train writes
//
// # Which run is which
//
// A run's id is a hash of its resolved options (config.Options.Identity): those that
// decide numbers, or which numbers are recorded. Options that nothing in a run reads are set back first
// (config.Options.Settled), so that a curvature multiplies the runs of gn and not those of adam. Where a run
// lies, what it is called, how it is told and what the machine gives it are no
// part of the id. The name of its directory holds the options that vary, for people, and ends
// with the id, by which it is found: more axes change names of new runs alone.
//
// # How a run stands
//
// Only its directory says so: summary.json, and metrics.jsonl while it runs. There is no
// other record of what is done, so that a kill at any time loses nothing. A run is ended for good
// when it is done, or diverged: it came to a number that is not finite, which it would come to again. What failed otherwise is tried again, --retries times
// by this command, and anew by the next. attempts/ID.jsonl tells what was started where and how it ended;
// it is there for people, and for processes to count retries together.
//
// # Who works on it
//
// Package lease says who may start a run. A process that died is followed at once on
// its own machine, and after a silence on others. On Linux its children are
// interrupted when it dies; elsewhere they end their run, which nobody else starts meanwhile on the same machine.
//
// It refuses definitions with a combination of options that cannot hold, before anything
// starts, and directories whose runs have other options than their names say.
package sweep
