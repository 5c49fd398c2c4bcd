// SPDX-License-Identifier: Apache-2.0

// Package machine measures what a step is compared with: the rate at which a backend multiplies matrices, the memory that the process has needed, and what a
// compiled graph takes of its device by the compiler's own account.
//
// It says of each figure whether there is one: where the operating system or the backend does not tell, nothing is estimated.
package machine
