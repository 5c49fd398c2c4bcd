// SPDX-License-Identifier: Apache-2.0

// Package stats holds the statistics behind verdicts: what a handful of paired seeds says of an effect, and how sure one may be.
//
//	symbol   meaning                                                     here
//	n        values, one a seed                                          Mean.N, Test.N
//	x̄, s     their mean, and standard deviation with n-1                  Mean.Mean
//	ν        degrees of freedom                                          Test.DF
//	t        statistic of a t test                                       Test.T
//	θ̂, θ*    a statistic of the values, and of a resample of them        Bootstrap
//	z₀, a    bias correction and acceleration of BCa                     BCa
//
// Every function is pure; resamples have an explicit seed and are the same on every machine. Where a number is not defined (the interval of one value, the test of values that are all alike and
// equal to the hypothesis) it is NaN. Nothing here drops a value that is not finite: it makes the results NaN, so that a caller has to decide.
//
// Results agree with those of SciPy to a relative 1e-10 (testdata/fixtures.py made what they are compared with).
package stats
