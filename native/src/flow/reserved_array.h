// SPDX-License-Identifier: Apache-2.0
// An array whose pages are resident only once they are touched.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace weir {

/// HUGE: where every packet touches another element, and small pages would miss the TLB as often as
/// the cache. SMALL: for what is hardly ever touched, so that a touch costs 4 KiB and not 2 MiB.
enum class PageSize : uint8_t { SMALL, HUGE };

/// Zero octets at first. Elements are plain data: nothing is constructed or destroyed.
template <typename Element, PageSize PAGES>
class ReservedArray {
 public:
  /// Throws std::bad_alloc when the address space cannot be reserved.
  explicit ReservedArray(size_t elements) : bytes_(elements * sizeof(Element)) {
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    if constexpr (PAGES == PageSize::HUGE) madvise(memory, bytes_, MADV_HUGEPAGE);
    elements_ = static_cast<Element*>(memory);
  }
  ~ReservedArray() { munmap(elements_, bytes_); }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;

  /// All octets are zero again, and no page is resident.
  void clear() { madvise(elements_, bytes_, MADV_DONTNEED); }

  Element& operator[](size_t index) { return elements_[index]; }
  const Element& operator[](size_t index) const { return elements_[index]; }

 private:
  static_assert(std::is_trivially_copyable_v<Element>);

  Element* elements_;
  size_t bytes_;
};

}  // namespace weir
