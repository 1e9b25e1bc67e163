// SPDX-License-Identifier: Apache-2.0
// What an IP header tells of a fragment (RFC 791 2.3, RFC 8200 4.5).
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir {

enum class FragmentKind : uint8_t { NONE, FIRST, LATER };

/// What a fragment, or several, hold of their datagram.
struct FragmentShare {
  uint64_t octets = 0;          ///< without the headers that each fragment repeats
  uint32_t datagramOctets = 0;  ///< of all fragments together, as the last one tells; else 0

  void add(const FragmentShare& more) {
    octets += more.octets;
    datagramOctets = std::max(datagramOctets, more.datagramOctets);
  }
  /// With repeated fragments it may seem so too early.
  [[nodiscard]] bool isWhole() const { return datagramOctets != 0 && octets >= datagramOctets; }
};

}  // namespace weir
