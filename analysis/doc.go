// SPDX-License-Identifier: Apache-2.0

// Package analysis holds what the analyses of trained networks share: the fixed
// set of samples on which they look at a network, and how a statistic is defined.
// The analyses themselves are its subpackages: ntk, cka, weights, features,
// batches, on the sites that package sites names.
//
//	symbol   meaning                                    here
//	N        samples of the probe set                   Probe.Len()
//	D        features of a sample                       Probe.D
//	K        classes                                    Probe.Classes
//	x        samples, N x D, as the network saw them    Probe.X
//
// An analysis reads weights and never changes one. Every number that it gives is
// exact up to the rounding of the network's dtype, or an estimate with its
// standard error, and says which. The statistics are defined in docs/analysis.md.
package analysis
