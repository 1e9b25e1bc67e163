// SPDX-License-Identifier: Apache-2.0
// What a lane's matcher has been given of streams that are not over, so that another engine can be
// given it from the start. Used by the lane's thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "classify/matcher.h"

namespace weir {

struct JournaledStream {
  std::vector<uint8_t> octets;  ///< from `base` on
  std::vector<uint32_t> told;   ///< patterns that have had their event
  Candidates candidates = Candidates::any();
  uint32_t slot = 0;
  uint32_t generation = 0;
  uint32_t outstanding = 0;  ///< requests without a result
  uint32_t base = 0;         ///< offset in the stream of the first octet that is kept
  uint32_t answered = 0;     ///< octets of requests with a result
  DatabasePart part = DatabasePart::TCP_CLIENT;
  bool isOpen = false;      ///< more of it may come
  bool isAnswered = false;  ///< in part
  bool isOver = false;      ///< nothing more is to be found in it
  bool isInEngine = false;

  [[nodiscard]] bool isKeptWhole() const { return base == 0; }
  [[nodiscard]] uint32_t end() const { return base + static_cast<uint32_t>(octets.size()); }
  [[nodiscard]] std::span<const uint8_t> from(uint32_t begin, uint32_t end) const {
    return std::span(octets).subspan(begin - base, end - begin);
  }
};

class StreamJournal {
 public:
  static constexpr uint32_t NONE = UINT32_MAX;

  /// `bytesMax`: what the octets of all streams may take.
  StreamJournal(uint32_t streamSlots, uint64_t bytesMax)
      : bytesMax_(bytesMax), bySlot_(streamSlots, NONE) {}

  /// For a request that has not been answered yet.
  [[nodiscard]] bool hasRoomFor(size_t octets) const { return octetBytes_ + octets <= bytesMax_; }

  /// Half of the room is for requests that wait for their results: what was answered is kept in
  /// the other half, for the case that the engine fails.
  [[nodiscard]] bool keepsAnswered() const { return octetBytes_ <= bytesMax_ / 2; }

  /// The request's stream with the request in it; NONE when its start was never seen.
  uint32_t add(const ScanRequest& request);

  /// One request of the stream has its result, up to `end`. The stream may be gone then.
  void answer(uint32_t stream, uint32_t end);

  /// Keeps nothing of what the stream had until now.
  void dropOctets(JournaledStream& stream);

  JournaledStream& operator[](uint32_t stream) { return streams_[stream]; }

  /// All that are open or wait for a result.
  template <typename Visit>
  void forEach(const Visit& visit) {
    for (uint32_t i = 0; i < streams_.size(); ++i) {
      if (streams_[i].isOpen || streams_[i].outstanding != 0) visit(i, streams_[i]);
    }
  }

  /// Memory that the journal takes.
  [[nodiscard]] uint64_t bytes() const {
    return octetBytes_ + streams_.size() * sizeof(JournaledStream);
  }

 private:
  uint32_t start(const ScanRequest& request);
  void close(uint32_t stream);
  void freeIfDone(uint32_t stream);

  const uint64_t bytesMax_;
  std::deque<JournaledStream> streams_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> bySlot_;
  uint64_t octetBytes_ = 0;  ///< capacity of all streams' octets
};

}  // namespace weir
