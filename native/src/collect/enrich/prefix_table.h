// SPDX-License-Identifier: Apache-2.0
// Which of many prefixes an address is in: the longest that holds it. Nested prefixes are flattened
// into ranges side by side, and the address's first 16 bits say where to look among them: one step
// and a few comparisons, whatever the prefixes' lengths. Immutable; any number of threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collect/enrich/address_prefix.h"

namespace weir::collect {

/// Ranges of one family's addresses, each from its start to the next one's. `Key` is unsigned.
template <typename Key>
class RangeTable {
 public:
  struct Prefix {
    Key first;
    Key last;
    uint32_t value;
  };

  RangeTable() = default;

  /// Prefixes nest or lie apart; of equal ones the last counts.
  RangeTable(std::vector<Prefix> prefixes, uint32_t none);

  [[nodiscard]] bool isEmpty() const noexcept { return starts_.empty(); }

  /// Not for an empty table.
  [[nodiscard]] uint32_t find(Key key) const noexcept {
    const auto block = static_cast<uint32_t>(key >> BLOCK_SHIFT);
    uint32_t from = blocks_[block];
    uint32_t count = blocks_[block + 1] - from;
    // Without branches on the key: they would be mispredicted half of the time.
    while (count > 0) {
      const uint32_t half = count / 2;
      const bool isBehind = starts_[from + half] <= key;
      from = isBehind ? from + half + 1 : from;
      count = isBehind ? count - half - 1 : half;
    }
    return values_[from - 1];
  }

 private:
  static constexpr unsigned BLOCK_BITS = 16;
  static constexpr unsigned BLOCK_SHIFT = sizeof(Key) * 8 - BLOCK_BITS;

  void begin(Key start, uint32_t value);
  void index();

  std::vector<Key> starts_;
  std::vector<uint32_t> values_;
  /// By the first bits of an address, how many ranges start before all that have them.
  std::vector<uint32_t> blocks_;
};

class PrefixTable {
 public:
  static constexpr uint32_t NONE = UINT32_MAX;

  PrefixTable() = default;
  explicit PrefixTable(std::span<const AddressPrefix> prefixes);

  [[nodiscard]] bool isEmpty() const noexcept { return ipv4_.isEmpty() && ipv6_.isEmpty(); }

  /// Position of the longest prefix that holds the address, NONE where none does; of equal ones
  /// the last.
  [[nodiscard]] uint32_t find(const Address& address) const noexcept;

 private:
  __extension__ using Bits128 = unsigned __int128;

  RangeTable<uint32_t> ipv4_;
  RangeTable<Bits128> ipv6_;
};

}  // namespace weir::collect
