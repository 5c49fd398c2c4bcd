// SPDX-License-Identifier: Apache-2.0

// Package problem is what the tests of model, gnstep and optim share: one table of small problems, one table of tolerances, and the way from a problem to
// the same network and batch twice, once in a GoMLX store for the code under test and once in float64 for internal/oracle.
//
// Weights and inputs are rounded to the problem's dtype before the oracle sees them, so what a comparison shows is the rounding of the computation alone.
// Nothing outside tests imports it.
package problem
