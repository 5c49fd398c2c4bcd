// SPDX-License-Identifier: Apache-2.0

//go:build linux && cgo && !noxla

#include "aligned.h"

#include <stdlib.h>

#ifdef __GLIBC__

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_size_t least = SIZE_MAX;  // bytes of a block that gets huge pages

void revgn_huge_from(size_t bytes) { atomic_store(&least, bytes); }

int posix_memalign(void** block, size_t alignment, size_t size) {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
  int before = errno;  // which this function is to leave alone
  void* taken = memalign(alignment, size);
  if (taken != NULL && size >= atomic_load_explicit(&least, memory_order_relaxed)) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)taken + page - 1) & ~(page - 1), to = ((uintptr_t)taken + size) & ~(page - 1);
    madvise((void*)from, to - from, MADV_HUGEPAGE);  // a wish: where it is refused, pages stay small
  }
  errno = before;
  if (taken == NULL) return ENOMEM;
  *block = taken;
  return 0;
}

#else

void revgn_huge_from(size_t bytes) { (void)bytes; }

#endif
