// SPDX-License-Identifier: Apache-2.0
// The service behind a server's name: the rule with the longest suffix of it, by labels. A value,
// read-only once made; any thread may look up in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classify/signature.h"

namespace weir {

/// Open addressing over the hashes of names. A look-up hashes each octet of a name once, from its
/// end, and never more octets than the longest rule has; it allocates nothing. The names in the
/// table are the operator's: a stranger's name cannot make its probes longer.
class ServerNames {
 public:
  explicit ServerNames(const SignatureSet& set);

  static constexpr uint32_t NO_RULE = UINT32_MAX;

  /// Index in SignatureSet::serverNames, of the exact rule if there is one, else of the longest
  /// suffix. A dot at the end means nothing.
  [[nodiscard]] uint32_t find(std::string_view lowerCaseName) const;

 private:
  enum class Extent : uint8_t { WHOLE_NAME, SUFFIX };

  struct Slot {
    uint64_t hash = 0;
    uint32_t textOffset = 0;
    uint32_t rule = NO_RULE;  ///< NO_RULE: the slot is free
    uint8_t length = 0;
    Extent extent = Extent::SUFFIX;
  };

  void insert(const ServerNameRule& rule, uint32_t index);
  [[nodiscard]] bool holds(const Slot& slot, std::string_view name, uint64_t hash,
                           Extent extent) const;
  [[nodiscard]] uint32_t lookUp(std::string_view name, uint64_t hash, Extent extent) const;

  std::vector<Slot> slots_;  ///< a power of two, at least half of them free
  std::string text_;         ///< the names, one after the other
  size_t longest_ = 0;       ///< octets of the longest name in the table
};

}  // namespace weir
