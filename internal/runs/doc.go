// SPDX-License-Identifier: Apache-2.0

// Package runs opens run directories as networks: the options that a run resolved,
// its network, its data as training saw them, and the weights of any checkpoint,
// verified, in the variables of a network.
//
// Step 0 is the initial network. It needs no checkpoint: what training does not
// change, and everything at step 0, is drawn again from the seed.
//
// It refuses a checkpoint whose checksum is wrong, weights of another shape than
// the configuration's, and data that are not those of the run. It writes nothing.
package runs
