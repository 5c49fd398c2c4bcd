// SPDX-License-Identifier: Apache-2.0

// Package tfevents writes and reads TensorBoard's event files.
//
// A file is a sequence of records, each
//
//	length (8 bytes, little endian), CRC of the length (4), payload, CRC of the payload (4)
//
// with CRC-32C, rotated and shifted by a constant (TensorFlow, tsl/lib/io/record_writer.cc and tsl/lib/hash/crc32c.h). A payload is an Event in protocol
// buffers (event.proto, summary.proto, histogram.proto and tensor.proto of TensorBoard's compat/proto); the first one is the version "brain.Event:2". The
// messages are written field by field: what is needed of them is small and has not changed in years.
//
// Replace writes a file whole and puts it in the place of those that a directory holds, so that at every moment there is one; Append then adds to it, an event
// a call. Each replacement has a name that sorts after the one before, so that a TensorBoard that is watching goes over to it.
//
// Read refuses a record whose CRC is wrong; a last record that a kill cut short it leaves out, and says so. Values of kinds that this package does not write
// are skipped.
package tfevents
