// SPDX-License-Identifier: Apache-2.0

// Package npy reads and writes NumPy's .npz archives (a zip of .npy members)
// with the standard library alone.
//
// It writes little-endian C-order arrays, stored without compression, so that
// numpy.load reads them and the same arrays always give the same bytes.
//
// It reads members that are stored or deflated, format versions 1, 2 and 3, in C
// or Fortran order (the latter is turned into C order), of element types float32,
// float64, int32, int64, uint8 and bool; bool arrives as uint8.
//
// It refuses, before taking memory for it, whatever a file claims beyond its
// Limits or beyond what its own length can hold; it also refuses big-endian data,
// object arrays (they are pickled programs), structured types, encrypted members,
// members that are no .npy array, duplicate names, trailing bytes and wrong
// checksums. Errors name the member, the byte offset inside it and what was
// expected there.
//
// Format: numpy/lib/format.py, NEP 1.
package npy
