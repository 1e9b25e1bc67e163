// SPDX-License-Identifier: Apache-2.0
// What the classifier keeps for a flow while octets of it are in the matcher, in a pool that grows
// in steps up to a bound. A slot's generation changes when it is given back, so results for the
// flow that had it before are told apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "classify/candidates.h"
#include "classify/flow_dissection.h"
#include "classify/flow_watch.h"
#include "classify/naming.h"
#include "classify/rtp_shape.h"
#include "classify/stream_assembler.h"
#include "flow/flow_entry.h"

namespace weir {

/// Of a TCP flow. Datagrams leave nothing behind.
struct SlotDirection {
  StreamAssembler stream;
  Candidates candidates = Candidates::any();
  uint32_t scannedBytes = 0;    ///< handed to the matcher
  uint32_t newPackets = 0;      ///< with payload not seen before: what the budget counts
  uint32_t payloadPackets = 0;  ///< with any payload
  bool isMatcherStreamOpen = false;
  bool isFinished = false;  ///< budget spent, or given up: nothing more is scanned
};

struct FlowSlot {
  [[nodiscard]] bool isReading() const { return dissection && dissection->isReading(); }

  FlowEntry* entry = nullptr;
  uint32_t generation = 0;
  uint32_t outstanding = 0;  ///< scan requests without a result
  uint32_t nextFree = FlowEntry::NO_INDEX;
  FlowWatch watch;            ///< what the entry has no room for while it names the slot
  Verdict verdict;            ///< found, and waits for what the dissection reads
  Verdict byAddress;          ///< `verdict`, with the service that its server's address had then
  uint16_t foundPackets = 0;  ///< with payload when `verdict` was found
  uint16_t readPackets = 0;   ///< with payload when `dissection` had all
  RtpShape media[2];          ///< by StreamSide
  bool isGuess = false;       ///< `verdict` takes for a stream's start what may be none
  bool tracksMedia = false;   ///< some datagram may be RTP or RTCP
  std::unique_ptr<FlowDissection> dissection;  ///< null: nothing of the flow can be read
  SlotDirection directions[2];                 ///< by StreamSide
};

class FlowSlotPool {
 public:
  explicit FlowSlotPool(uint32_t slotsMax) : slotsMax_(slotsMax) {}

  /// NO_INDEX when all are taken.
  uint32_t allocate(FlowEntry& entry) {
    if (free_ == FlowEntry::NO_INDEX && !grow()) return FlowEntry::NO_INDEX;
    const uint32_t index = free_;
    FlowSlot& slot = (*this)[index];
    free_ = slot.nextFree;
    slot.entry = &entry;
    ++used_;
    return index;
  }

  /// The directions must hold nothing of the segment pool any more.
  void giveBack(uint32_t index) {
    FlowSlot& slot = (*this)[index];
    const uint32_t generation = slot.generation + 1;
    slot = FlowSlot{};
    slot.generation = generation;
    slot.nextFree = free_;
    free_ = index;
    --used_;
  }

  FlowSlot& operator[](uint32_t index) { return chunks_[index / CHUNK_SLOTS][index % CHUNK_SLOTS]; }

  /// The slots in turn, used or not; null while there are none.
  FlowSlot* next() {
    if (chunks_.empty()) return nullptr;
    const auto slots = static_cast<uint32_t>(chunks_.size() * CHUNK_SLOTS);
    turn_ = turn_ + 1 < std::min(slots, slotsMax_) ? turn_ + 1 : 0;
    return &(*this)[turn_];
  }

  /// Whether slot `index` is in use by `entry`; any number is allowed.
  [[nodiscard]] bool holds(uint32_t index, const FlowEntry& entry) const {
    const size_t chunk = index / CHUNK_SLOTS;
    return chunk < chunks_.size() && chunks_[chunk][index % CHUNK_SLOTS].entry == &entry;
  }

  [[nodiscard]] uint32_t used() const { return used_; }

 private:
  static constexpr uint32_t CHUNK_SLOTS = 1024;

  bool grow() {
    const auto first = static_cast<uint32_t>(chunks_.size() * CHUNK_SLOTS);
    if (first >= slotsMax_) return false;
    chunks_.push_back(std::make_unique<FlowSlot[]>(CHUNK_SLOTS));
    const uint32_t end = std::min(first + CHUNK_SLOTS, slotsMax_);
    for (uint32_t index = end; index-- > first;) {
      (*this)[index].nextFree = free_;
      free_ = index;
    }
    return true;
  }

  std::vector<std::unique_ptr<FlowSlot[]>> chunks_;
  uint32_t slotsMax_;
  uint32_t free_ = FlowEntry::NO_INDEX;
  uint32_t used_ = 0;
  uint32_t turn_ = 0;
};

}  // namespace weir
