// SPDX-License-Identifier: Apache-2.0
#include "flow/entry_pool.h"

#include <sys/mman.h>

#include <new>

namespace weir {

namespace {
size_t sizeBytes(uint32_t capacity) { return size_t{capacity} * sizeof(FlowEntry); }
}  // namespace

EntryPool::EntryPool(uint32_t capacity) : capacity_(capacity) {
  void* memory = mmap(nullptr, sizeBytes(capacity), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // Every packet touches another entry: without huge pages the TLB misses as often as the cache.
  madvise(memory, sizeBytes(capacity), MADV_HUGEPAGE);
  entries_ = static_cast<FlowEntry*>(memory);
}

EntryPool::~EntryPool() { munmap(entries_, sizeBytes(capacity_)); }

}  // namespace weir
