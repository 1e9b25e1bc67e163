// SPDX-License-Identifier: Apache-2.0
// Sequence numbers of one exporter and observation domain: what was lost, came late or twice, and
// when the exporter began anew. Units are flows (v5, v7), export packets (v9), data records (IPFIX)
// or datagrams (sFlow); numbers wrap at 2^32.
#pragma once

#include <array>
#include <cstdint>

namespace weir::collect {

struct SequenceCounts {
  uint64_t lostUnits = 0;
  uint64_t gaps = 0;
  uint64_t lateDatagrams = 0;
  uint64_t duplicateDatagrams = 0;
  uint64_t restarts = 0;
};

/// What a datagram says of its place.
struct SequenceStep {
  uint32_t sequence;
  /// Milliseconds since the exporter started; 0 where the protocol does not tell.
  uint32_t sysUptime;
};

class SequenceTracker {
 public:
  enum class Place : uint8_t { NEXT, LATE, DUPLICATE };

  /// Takes a datagram into account before its units are known.
  Place begin(const SequenceStep& step);

  /// How many units the datagram had, after `begin`.
  void end(Place place, uint32_t units);

  /// The same for a datagram some of whose units cannot be counted (their template is unknown): the
  /// next one is taken as it comes.
  void endUnknown() { known_ = false; }

  [[nodiscard]] const SequenceCounts& counts() const { return counts_; }

  /// For a restart of the collector: what the next datagram should carry.
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] uint32_t next() const { return next_; }
  [[nodiscard]] uint32_t sysUptime() const { return sysUptime_; }
  void resume(uint32_t next, uint32_t sysUptime);

 private:
  [[nodiscard]] bool isRestart(const SequenceStep& step, int32_t gap) const;
  [[nodiscard]] bool wasSeen(uint32_t sequence) const;
  void accept(const SequenceStep& step);

  SequenceCounts counts_;
  bool known_ = false;
  uint32_t next_ = 0;
  uint32_t current_ = 0;
  uint32_t sysUptime_ = 0;
  uint32_t lateInARow_ = 0;
  /// Of datagrams before, to tell one that comes twice from one that comes late.
  std::array<uint32_t, 16> seen_{};
  uint32_t seenCount_ = 0;
};

}  // namespace weir::collect
