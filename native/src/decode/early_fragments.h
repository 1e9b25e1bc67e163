// SPDX-License-Identifier: Apache-2.0
// Holds later fragments that came before their first, so that they too join its flow. A bounded
// buffer: the oldest leaves as it was held when the first does not come in time, or when there are
// too many. Every packet that is held is released. Owned by one lane's decoder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "decode/decoded_packet.h"
#include "decode/fragment_cache.h"

namespace weir {

/// Makes the packet of a later fragment, with its own octets, one of its datagram's flow.
void joinDatagram(const FragmentFacts& facts, const FragmentShare& share, DecodedPacket& packet);

class EarlyFragments {
 public:
  /// Of packet time: far more than networks reorder, and little enough not to delay any record.
  static constexpr int64_t HOLD_NS = 1'000'000'000;
  static constexpr int64_t NONE_HELD = INT64_MAX;

  explicit EarlyFragments(const SeededHash& hash);

  /// A later fragment, its packet of the flow with ports 0.
  struct Fragment {
    FragmentKey key;
    FragmentShare share;
    DecodedPacket packet;
  };

  /// `whole` is the last datagram of this key where all of that was seen, else null: if no other
  /// first fragment comes, the fragment was a repeated one of that.
  void hold(const Fragment& fragment, const FragmentedDatagram* whole);

  /// The first fragment has come: releases what waited for it, as packets of its flow. Gives what
  /// they hold together.
  FragmentShare join(const FragmentKey& key, const FragmentFacts& facts, int64_t nowNs);

  /// Releases what has waited too long for a first fragment that would be of `settledNs` or later.
  void settle(int64_t settledNs);

  void releaseAll();

  [[nodiscard]] bool hasReleased() const { return nextReleased_ < released_.size(); }

  /// Gives the packet that was released first and not yet taken. Its `macAddresses` are borrowed
  /// until LOANS more fragments are held, which is longer than a batch.
  bool takeReleased(DecodedPacket& packet) { return hasReleased() && takeFirst(packet); }

  /// The earliest timestamp of all that are held, or NONE_HELD.
  [[nodiscard]] int64_t oldestNs() const;

 private:
  static constexpr size_t SLOTS = 512;
  static constexpr size_t LOANS = 128;  ///< slots that are kept as they are after their release

  struct Slot {
    FragmentKey key;
    FragmentShare share;
    DecodedPacket packet;
    uint32_t ownOctets = 0;  ///< the packet's, whatever datagram it is of
    std::array<uint8_t, 12> macAddresses;
    bool hasMacAddresses = false;
  };

  [[nodiscard]] uint32_t tagOf(const FragmentKey& key) const;
  bool takeFirst(DecodedPacket& packet);
  void release(size_t slot);
  template <typename Predicate>
  void releaseIf(Predicate isDue);

  SeededHash hash_;
  std::vector<Slot> slots_;             ///< a ring; empty until the first is held
  std::array<uint32_t, SLOTS> tags_{};  ///< part of the key's hash; FREE where nothing is held
  std::vector<uint16_t> released_;      ///< slots, in order
  size_t nextReleased_ = 0;
  size_t next_ = 0;  ///< slot for the next to be held
  size_t held_ = 0;
};

}  // namespace weir
