// SPDX-License-Identifier: Apache-2.0

// Package compilecache keeps the executables that XLA compiles on disk, so that a run does not wait for what an earlier one has compiled.
//
// A PJRT plugin is a table of C functions (pjrt_c_api.h, of OpenXLA, Apache-2.0, as go-xla v0.4.1 has it). go-xla v0.4.1 wraps no function that serialises
// executables, but it takes a table from its caller (pjrt.RegisterPreloadedPlugin). Hook hands it a copy of the plugin's table in which PJRT_Client_Compile
// is ours: it looks for the program on disk and loads it, else lets the plugin compile and writes the result down. The plugin's own table stays as it is.
// Whatever fails on the way, the plugin compiles as if there were no cache.
//
// The name of a file is the SHA-256 of all that an executable depends on: the program, the compile options, the plugin's own SHA-256, platform, version and
// number of devices, the environment variables that XLA reads, the processor with its features and the number of cores that threads may use. A file that is
// damaged, cut off or another's counts as absent and is written anew. What is loaded is native code, so that a directory which others can write to, or which
// belongs to another user, is refused.
//
// Files used last are kept where the limit is reached. Several processes may use one directory: files appear whole or not at all.
package compilecache
