// SPDX-License-Identifier: Apache-2.0

// Package plugin finds, installs and verifies PJRT plugins: the shared libraries through which XLA runs on a device.
//
// A plugin is one file, pjrt_c_api_DEVICE_plugin.so, with DEVICE cpu, cuda or tpu. Find looks for it in Dirs. Install
// takes it out of a Python wheel that the user's own pip downloads (so index, proxy and certificate settings hold), out
// of a wheel given as a file, or from a library given as a file. What Install wrote is noted in a receipt, a small JSON
// file beside the plugin; Verify compares the plugin with its receipt.
//
// Installing is all or nothing: the plugin is staged in a temporary directory beside its place, synced and renamed. A
// lock in that directory keeps two installers apart; the second finds the work done.
//
// The package refuses a wheel whose SHA-256 is not the pinned one, a wheel that it does not know (unless told to take
// it unverified), a library of another processor and one that is no PJRT plugin. It never runs what it installs, and
// it does not link XLA: all of it is there in a build without cgo.
package plugin
