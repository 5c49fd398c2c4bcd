// SPDX-License-Identifier: Apache-2.0

// Package config holds the options of `revgn train` as one typed struct.
//
// [Resolve] computes the options of a run from three layers, each stronger than
// the one before:
//
//	preset  <  config file (YAML)  <  flags
//
// A preset's values depend on the optimizer, so the optimizer is looked up in
// the file and the flags before the preset is laid down. Flags and file share
// names, parsers and messages: a key of the file is a flag without its dashes.
//
// Three pairs of options displace each other, so that the stronger layer's wish
// is not undone by a weaker layer's other half:
//
//	batch-size N        turns off a full-batch of a weaker layer
//	full-batch          clears a batch-size of a weaker layer
//	epochs N            clears a steps of a weaker layer
//	steps N             clears an epochs of a weaker layer
//
// Named in one layer, steps and epochs both limit the run and the earlier ends
// it; batch-size and full-batch together are an error.
//
// [Options.Resolved] writes every option that decides what a run computes; the
// file read back with --config gives the same options, floats bit by bit.
//
// Refused, each with one line that names the value, the values allowed and a
// hint: unknown keys (with file, line and the nearest known key), values of the
// wrong type, NaN and infinity, sizes below one or beyond all measure, and
// combinations that cannot hold, such as require-exact for an optimizer that has
// no certificate.
package config
