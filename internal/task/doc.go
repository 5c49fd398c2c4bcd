// SPDX-License-Identifier: Apache-2.0

// Package task reads the names of tasks that are computed and not read from
// files, as --dataset takes them:
//
//	teacher                                 a reversible teacher network labels Gaussian inputs
//	teacher:width=64,classes=10,seed=3
//	synthetic                               Gaussian inputs with a power-law spectrum
//	synthetic:kind=parity,k=3,width=32
//
// What stands after the colon is a list of key=value. A key that is left out has
// the default of [DefaultTeacher] or [DefaultSynthetic]; String writes every key
// that the task reads, so that a record does not depend on defaults.
//
//	key       task                         meaning
//	width     both                         features D, even
//	classes   teacher, powerlaw, random    labels K, at most width
//	train     both                         training samples
//	test      both                         test samples
//	seed      both                         of the task; the run's --seed is another
//	blocks    teacher                      reversible blocks of the teacher
//	hidden    teacher                      width of its couplings
//	gain      teacher                      size of a coupling's output beside the stream; 0: a linear teacher
//	kind      synthetic                    powerlaw, parity, staircase or random
//	rule      powerlaw                     linear or quadratic
//	alpha     powerlaw                     variance of mode i is in proportion to i^-alpha
//	beta      powerlaw                     the labels' weight on mode i, squared, falls as i^-beta
//	rotate    powerlaw                     modes lie along random directions, not along features
//	k         parity, staircase            features that the label depends on; odd for a staircase
//
// Refused, in one line: unknown keys (with the nearest one), keys that the kind
// does not read, keys given twice, values out of range. The package draws
// nothing; that is the business of package data. It needs the standard library
// and internal/nearest alone.
package task
