// SPDX-License-Identifier: Apache-2.0

// Package slurmtest runs the batch script of internal/cluster on a real Slurm, as a
// test that `make slurm` starts: it starts Debian's munged, slurmctld and slurmd for
// one node in a temporary directory, lets an array of eight tasks train, stops some
// of them half way, and looks for runs that are missing or repeated. It touches no
// Slurm that the machine has, and refuses to run as anyone but root. It has no code
// of its own.
package slurmtest
