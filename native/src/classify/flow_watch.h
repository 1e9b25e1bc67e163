// SPDX-License-Identifier: Apache-2.0
// What classification keeps of an undecided flow while nothing of it is in the matcher: 16 bits for
// each direction, in the flow's own entry. So a flow costs no memory of its own until octets come
// that a pattern could match, and a flood of SYNs or of datagrams like noise takes no slots.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "classify/signature.h"

namespace weir {

/// One direction's budget: what it may still show before it counts as "no match".
struct DirectionBudget {
  uint32_t packets = 0;
  uint32_t octets = 0;
};

/// Packets of a direction that is not looked at any more are counted up to here.
inline constexpr uint16_t SPENT_PACKETS_MAX = 0x3fff;

/// A TCP direction of which no octet is in the matcher.
class StreamWatch {
 public:
  StreamWatch() = default;
  explicit StreamWatch(uint16_t bits) : bits_(bits) {}
  [[nodiscard]] uint16_t bits() const { return bits_; }

  /// `sequence` is that of the stream's first octet. The last SYN counts.
  void noteStart(uint32_t sequence) {
    if (!isSpent()) bits_ = static_cast<uint16_t>(STARTED | (sequence & SEQUENCE_MASK));
  }

  [[nodiscard]] bool hasStart() const { return (bits_ & STARTED) != 0; }

  /// Of `sequence` in the stream; 0 when the start was not seen. Exact from -BEFORE_START up to 32
  /// thousand, more than an initial window; farther off it is a wrong number, so that of 32,768
  /// streams whose first octets were not captured one is taken for whole.
  [[nodiscard]] int32_t offsetOf(uint32_t sequence) const {
    if (!hasStart()) return 0;
    const auto distance = static_cast<int32_t>((sequence - bits_) & SEQUENCE_MASK);
    return distance <= SEQUENCE_MASK - BEFORE_START ? distance : distance - SEQUENCE_MASK - 1;
  }

  /// No pattern can match the stream: its packets are counted, not looked at.
  void spend() { bits_ = SPENT; }
  [[nodiscard]] bool isSpent() const { return (bits_ & ~SPENT_PACKETS_MAX) == SPENT; }
  void countPacket() {
    if (packets() < SPENT_PACKETS_MAX) ++bits_;
  }
  [[nodiscard]] uint16_t packets() const { return isSpent() ? bits_ & SPENT_PACKETS_MAX : 0; }

 private:
  static constexpr uint16_t STARTED = 0x8000;
  static constexpr uint16_t SPENT = 0x4000;
  static constexpr int32_t SEQUENCE_MASK = 0x7fff;
  static constexpr int32_t BEFORE_START = 256;  ///< keep-alives lie there

  uint16_t bits_ = 0;
};

/// A direction of datagrams: how many there were, and how many of their octets the matcher got.
class DatagramWatch {
 public:
  static constexpr DirectionBudget BUDGET_MAX = {12, 4095};

  DatagramWatch() = default;
  explicit DatagramWatch(uint16_t bits) : bits_(bits) {}
  [[nodiscard]] uint16_t bits() const { return bits_; }

  /// How many octets of a datagram the matcher may get.
  [[nodiscard]] uint32_t allowance(uint32_t payloadLengthBytes,
                                   const DirectionBudget& budget) const {
    return isSpent() ? 0 : std::min(payloadLengthBytes, budget.octets - octets());
  }

  /// Counts a datagram of which the matcher gets so many octets.
  void count(uint32_t scannedBytes, const DirectionBudget& budget) {
    if (isSpent()) {
      if (packets() < SPENT_PACKETS_MAX) ++bits_;
      return;
    }
    const uint32_t packetsNow = packets() + 1U;
    const uint32_t octetsNow = octets() + scannedBytes;
    const bool isLast = packetsNow >= budget.packets;
    bits_ = static_cast<uint16_t>(isLast ? SPENT | packetsNow : packetsNow << 12U | octetsNow);
  }

  void spend() { bits_ = static_cast<uint16_t>(SPENT | packets()); }
  [[nodiscard]] bool isSpent() const { return bits_ >= SPENT; }
  [[nodiscard]] uint16_t packets() const {
    return isSpent() ? bits_ & SPENT_PACKETS_MAX : static_cast<uint16_t>(bits_ >> 12U);
  }

 private:
  static constexpr uint16_t SPENT = 0xc000;  ///< 12 packets: no number of a direction that goes on
  [[nodiscard]] uint32_t octets() const { return bits_ & 0xfffU; }

  uint16_t bits_ = 0;
};

/// Both directions, as they lie in FlowEntry::classifierState.
class FlowWatch {
 public:
  FlowWatch() = default;
  explicit FlowWatch(uint32_t word)
      : sides_{static_cast<uint16_t>(word), static_cast<uint16_t>(word >> 16U)} {}
  [[nodiscard]] uint32_t word() const { return sides_[0] | uint32_t{sides_[1]} << 16U; }

  [[nodiscard]] StreamWatch stream(StreamSide side) const { return StreamWatch(of(side)); }
  [[nodiscard]] DatagramWatch datagrams(StreamSide side) const { return DatagramWatch(of(side)); }

  void set(StreamSide side, StreamWatch watch) { sides_[static_cast<size_t>(side)] = watch.bits(); }
  void set(StreamSide side, DatagramWatch watch) {
    sides_[static_cast<size_t>(side)] = watch.bits();
  }

 private:
  [[nodiscard]] uint16_t of(StreamSide side) const { return sides_[static_cast<size_t>(side)]; }

  std::array<uint16_t, 2> sides_{};
};

}  // namespace weir
