// SPDX-License-Identifier: Apache-2.0

// Package house holds the rules that no compiler checks, as tests: which package
// may import which, who may end the process, and what each file must carry. It
// has no code of its own.
package house
