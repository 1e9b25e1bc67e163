// SPDX-License-Identifier: Apache-2.0
// Remembers the flows of fragmented datagrams, so that later fragments, which carry no ports, join
// the flow of the first. A bounded cache: under a flood of fragments the oldest are forgotten and
// their later fragments form a flow with ports 0. Owned by one lane's decoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "decode/flow_key.h"
#include "decode/fragment.h"
#include "decode/seeded_hash.h"

namespace weir {

/// What identifies a datagram in pieces (RFC 791 2.3, RFC 8200 4.5), and the network it was seen
/// in.
struct FragmentKey {
  IpAddress source{};
  IpAddress destination{};
  uint32_t identification = 0;
  uint32_t segmentId = 0;
  uint16_t vlanId = 0;
  uint16_t customerVlanId = 0;
  uint8_t protocol = 0;  ///< IPv6: the fragment header's next header
  uint8_t ipVersion = 0;
  Tunnel tunnel = Tunnel::NONE;
  Tunnel segmentTunnel = Tunnel::NONE;

  bool operator==(const FragmentKey& other) const {
    return std::memcmp(this, &other, sizeof *this) == 0;
  }
};
static_assert(sizeof(FragmentKey) == 48, "compared and hashed as six words, so no padding");

/// Whether a fragmented packet is a flow's packet itself or the envelope of one.
enum class FragmentRole : uint8_t { PACKET, ENVELOPE };

/// What only a datagram's first fragment tells.
struct FragmentFacts {
  FlowKey flow;
  uint16_t icmpTypeCode = 0;
  Sender sender = Sender::A;
  FragmentRole role = FragmentRole::PACKET;
};

/// A datagram whose first fragment was seen.
struct FragmentedDatagram {
  FragmentFacts facts;
  FragmentShare seen;
};

class FragmentCache {
 public:
  /// Of packet time, from the first fragment. Far longer than a datagram is under way; fast senders
  /// come round with their 65536 identifications in a few seconds (RFC 4963 3).
  static constexpr int64_t TIMEOUT_NS = 5'000'000'000;

  explicit FragmentCache(const SeededHash& hash);

  /// Stores what the first fragment told. A newer first fragment replaces an older one: nothing
  /// tells another datagram of the same identification from one that overlaps. Valid until the
  /// next call.
  FragmentedDatagram& remember(const FragmentKey& key, const FragmentFacts& facts, int64_t nowNs);

  /// Null when the first fragment was not seen or is older than the timeout.
  [[nodiscard]] FragmentedDatagram* find(const FragmentKey& key, int64_t nowNs);

 private:
  static constexpr size_t SETS = 1024;
  static constexpr size_t WAYS = 4;

  /// Two cache lines; `storedNs` EMPTY marks an unused entry.
  struct alignas(64) Entry {
    static constexpr int64_t EMPTY = INT64_MIN;
    FragmentKey key;
    int64_t storedNs = EMPTY;
    FragmentedDatagram datagram;
  };
  static_assert(sizeof(Entry) == 128);

  [[nodiscard]] size_t setOf(const FragmentKey& key) const { return hash_(key) % SETS * WAYS; }
  [[nodiscard]] static bool alive(const Entry& entry, int64_t nowNs);

  SeededHash hash_;
  std::vector<Entry> entries_;
};

}  // namespace weir
