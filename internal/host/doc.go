// SPDX-License-Identifier: Apache-2.0

// Package host tells what the operating system says of the host: memory that is free, memory of the process, the processor. What a system does not tell is
// reported as not known.
package host
