// SPDX-License-Identifier: Apache-2.0
// The stream states of one lane in one kind of database, by slot. States that were given back are
// used again. Made for one lane, used by its thread only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "classify/hyperscan_database.h"

namespace weir {

class HyperscanStreams {
 public:
  /// Database and scratch must outlive it.
  HyperscanStreams(const HyperscanDatabase::Parts& databases, uint32_t slots, hs_scratch_t* scratch)
      : databases_(databases), scratch_(scratch), streams_(slots) {}
  ~HyperscanStreams();
  HyperscanStreams(const HyperscanStreams&) = delete;
  HyperscanStreams& operator=(const HyperscanStreams&) = delete;

  /// A new stream in the slot, unless the part has no patterns.
  void open(uint32_t slot, DatabasePart part);

  /// Null without an open stream.
  [[nodiscard]] hs_stream_t* get(uint32_t slot) const { return streams_[slot].state; }

  void giveBack(uint32_t slot);

  /// Octets of the states that wait to be used again.
  [[nodiscard]] size_t pooledBytes() const;

 private:
  /// Of one part. What a flood took beyond that is given back to the system.
  static constexpr size_t POOLED_MAX = 1024;

  struct Stream {
    hs_stream_t* state = nullptr;
    DatabasePart part = DatabasePart::TCP_CLIENT;
  };

  void close(hs_stream_t* state) const;

  const HyperscanDatabase::Parts& databases_;
  hs_scratch_t* const scratch_;
  std::vector<Stream> streams_;  ///< by slot
  std::array<std::vector<hs_stream_t*>, DATABASE_PARTS> pools_;
};

}  // namespace weir
