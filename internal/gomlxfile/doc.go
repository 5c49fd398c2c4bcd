// SPDX-License-Identifier: Apache-2.0

// Package gomlxfile writes checkpoints that GoMLX's own package ml/model/checkpoint (v0.28.2) loads:
//
//	DIR/checkpoint-n0000000-step-00000060.json   variables: path, shape, dtype, place in the .bin; parameters
//	DIR/checkpoint-n0000000-step-00000060.bin    the values one after the other, C order, little endian, not compressed
//
// GoMLX's Save writes the same two files in place, ignores what a full disk does not take of a variable, and puts the time and a map's order into
// them. Here the directory appears whole or not at all, an error is an error, and the same network gives the same bytes.
//
// It refuses a directory that holds anything but an earlier checkpoint of its own, which it replaces, and arrays that GoMLX has no dtype for. It reads nothing.
package gomlxfile
