// SPDX-License-Identifier: Apache-2.0

// Package record writes and reads run directories:
//
//	config.yaml                   every option after resolution
//	manifest.json                 what ran where: program, modules, backend, data, host
//	metrics.jsonl                 one JSON object a line: steps, evaluations, events
//	checkpoints/step-00000060/    arrays.npz, checkpoint.json, SHA256SUMS, keep
//	summary.json                  how the run stands: status, last and best metrics
//
// Create begins a run and holds a lock on its directory; Open reads one, while it
// runs or later. Files and checkpoints appear whole or not at all: a kill or a full
// disk leaves what was there before. metrics.jsonl grows by whole lines; where a
// kill cut the last one short, readers leave it out and say so.
//
// Numbers that are not finite are written as null, and an event beside them says
// which field of which step it was. Fields that a step does not have (a baseline
// has no certificate) are left out rather than zero.
//
// It refuses to begin a run in a directory that holds anything, to read a
// checkpoint whose checksum is wrong, and metrics whose steps go back. It knows
// nothing of networks or devices.
package record
