// SPDX-License-Identifier: Apache-2.0

// Package claims holds what arXiv 2411.07979 says of exact Gauss-Newton training, and what it leaves open, as
// statements that runs can support or refute: which runs, which number of them, on which side of which
// threshold, and why there. All of it is fixed in this package before anything is run (docs/claims.md).
//
//	Claims ── Cells ──> settings and arms ── Tuning, Runs ──> sweeps of `revgn train`
//	                                                              │
//	                            Runs, each a View  <──  run directories
//	                              │
//	             statistic: one number a seed ── paired t ──> part: interval against threshold
//	                                                              │
//	                                    Judge: HOLDS, FAILS, INCONCLUSIVE ──> verdicts.json
//
// # The rule
//
// A statistic compares runs of one seed with one another, so that what a seed decides (initial weights, order of batches) cancels. A part of a claim HOLDS where the 95 %
// interval of its mean over seeds lies wholly on the claimed side of the threshold, FAILS where it lies wholly on the other, and is INCONCLUSIVE else. A claim HOLDS where every part
// does: the probability that it does so wrongly is at most 2.5 %, however many parts there are. It FAILS where some part does after Holm's correction for their number. A premise says
// what must be so for the claim to mean anything; where it does not hold, the claim is INCONCLUSIVE. So it is where a run is missing, has not ended well, or a statistic has no value.
//
// Runs whose every Gauss-Newton step is certified EXACT and runs with others are never compared in one claim: each is judged in variations of its own, and a run that turns out to be of
// the other class counts as missing.
//
// The package makes no run and opens no device.
package claims
