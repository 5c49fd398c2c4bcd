// SPDX-License-Identifier: Apache-2.0

// Package steppertest is the behavioural suite of gnstep.Stepper: what holds for every way to change the weights on a batch, the exact step and the
// baselines alike. It says nothing about where a step goes; that is for the tests of each.
//
// Nothing outside tests imports it.
package steppertest
