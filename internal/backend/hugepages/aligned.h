// SPDX-License-Identifier: Apache-2.0

#include <stddef.h>

// revgn_huge_from makes posix_memalign ask for huge pages for blocks of at least so many bytes.
void revgn_huge_from(size_t bytes);
