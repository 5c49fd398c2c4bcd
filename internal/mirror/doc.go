// SPDX-License-Identifier: Apache-2.0

// Package mirror keeps other forms of a run's metrics.jsonl for other programs: event files for TensorBoard, and a run in an MLflow file store.
//
// metrics.jsonl is what is true. Begin writes each form anew from it as it stands, whatever a kill or a run that was set back left there, and from then on
// every line is added to all of them after it was written. So they never hold a step twice, nor lack one that metrics.jsonl has.
//
// Names of series follow from those of the fields:
//
//	kind   field                                names
//	step   loss, loss_after, acc                train/loss
//	       every other                          step/cert
//	       couplings                            coupling/block0.f/rank
//	eval   every one but epoch and samples      eval/test/acc
//	probe  every one but epoch                  probe/cka
//	       couplings                            probe/block0.f/sigma_max
//	       log10_sigma of a coupling            log10_sigma/block0.f, a histogram
//	event                                       event/warning, a text
//
// Numbers that are not finite are NaN, as null in metrics.jsonl reads back; truth values are 0 and 1. A field that a record gets later has a name by itself.
//
// Lines have no time of their own. The time of a line is the start of the run plus the seconds that the lines up to it have recorded (seconds and
// measure_seconds): what was spent working, without compiling and without pauses between a kill and its resumption. So times only grow, and are the same
// however often a run was resumed.
package mirror
