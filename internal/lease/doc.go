// SPDX-License-Identifier: Apache-2.0

// Package lease lets processes on any number of hosts agree who works on what, through nothing but a shared directory.
//
// Each thing that can be worked on has a directory of numbered files, its generations:
//
//	locks/1a2b3c4d5e/0000000001    left by a process that died
//	locks/1a2b3c4d5e/0000000002    the lease in force: the one with the highest number
//
// A file says who holds the lease (host, process, start time, a nonce) and, in a second
// line that is rewritten in place every beat, how often its owner has been heard of.
//
// Taking a lease over is creating the next number, written beside it and linked into place, which fails
// where the name is there: of any number of processes that find a lease stale at the same
// moment one creates the next number, and the others find that they lost. Nobody ever
// removes or replaces the lease in force, so a process that decided slowly cannot
// destroy a newer lease: it finds a higher number than its own and gives way. Numbers only go up
// while there is work; the files below the one before the last are removed, and the
// whole directory once the work is done for good, which every new owner looks at first.
//
// # When a lease is stale
//
// On the owner's machine (the same host name, boot and process namespace): when the owner's
// process is gone, or another has its number by now, and so is the child that it
// started, which may still be writing. At once, and never else: a process that
// lives but is stopped keeps what it holds.
//
// Elsewhere: when the file has not changed for the limit, as the reader saw it with its own
// monotonic clock. Clocks of different hosts are never compared, so it
// does not matter by how much they differ; a reader that has just arrived
// waits the whole limit. Files are opened to be read, which makes
// network file systems ask the server.
//
// A process that was cut off for longer than the limit may find that it lost what it held; [Lease.Lost]
// tells it at its next beat. Until then two processes may think
// that they own the same thing: no scheme without help from the storage can
// exclude that. What they write must survive it, as run directories do, which have a lock of their own.
//
// It refuses names that are no plain file names, and where the directory cannot be written it says why. It removes nothing but its own files.
package lease
