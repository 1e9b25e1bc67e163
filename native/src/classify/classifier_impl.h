// SPDX-License-Identifier: Apache-2.0
// The classifier's inside: classifier.cc takes packets in, classifier_datagrams.cc those of UDP,
// classifier_verdicts.cc judges.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "classify/classifier.h"
#include "classify/flow_budgets.h"
#include "classify/flow_seats.h"
#include "classify/lane_memory.h"
#include "classify/matcher.h"
#include "classify/naming.h"
#include "classify/scan_queue.h"
#include "classify/verdict_rules.h"

namespace weir {

inline StreamSide sideOf(const FlowEntry& entry, const DecodedPacket& packet) {
  return packet.sender == entry.initiator ? StreamSide::CLIENT : StreamSide::SERVER;
}

inline std::span<const uint8_t> payloadOf(const DecodedPacket& packet) {
  return {packet.payload, packet.payloadLengthBytes};
}

struct Classifier::Impl final : ScanReceiver {
  /// 16 MiB of segments out of order.
  static constexpr uint32_t SEGMENT_BLOCKS_MAX = 8192;

  static constexpr uint8_t PROTOCOL_TCP = 6;
  static constexpr uint8_t PROTOCOL_UDP = 17;

  static constexpr std::array<StreamSide, 2> SIDES = {StreamSide::CLIENT, StreamSide::SERVER};

  Impl(std::shared_ptr<const MatcherDatabase> theDatabase, ClassifierOptions options)
      : database(std::move(theDatabase)),
        prefixes(database->prefixes()),
        usesPortHints(options.usesPortHints),
        lastResultsNs(options.lastResultsNs),
        budgets(options),
        rules(database->signatures(), prefixes),
        mediaSeatsMax(options.undecidedFlowsMax / 4),
        seats(options.undecidedFlowsMax),
        segments(SEGMENT_BLOCKS_MAX),
        naming(database->signatures()),
        memory(std::make_shared<LaneMemory>(database->signatures().known, options.expectationsMax)),
        queue(database->createMatcher(options.undecidedFlowsMax * 2), rules, segments,
              options.patience) {}

  void hear(const DecodedPacket& packet);
  void add(FlowEntry& entry, const DecodedPacket& packet);
  void addToFlow(FlowEntry& entry, const DecodedPacket& packet);
  bool admit(FlowEntry& entry, const DecodedPacket& packet);
  bool seat(FlowEntry& entry);
  bool seatForMedia(FlowEntry& entry);
  bool makeRoom();
  void giveUpSeat(FlowEntry& idle);

  void addSegment(FlowEntry& entry, const DecodedPacket& packet);
  void lookAt(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  bool begin(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  bool isRlpx(const FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  void deliver(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  void requestChunk(FlowEntry& entry, StreamSide side, const StreamChunk& chunk);
  void closeStream(uint32_t index, StreamSide side);
  void giveUp(SlotDirection& direction);
  void giveUpWaiting();

  void addDatagram(FlowEntry& entry, const DecodedPacket& packet);
  struct DatagramScan {
    uint32_t octets;
    Candidates candidates;
  };
  void requestDatagram(FlowEntry& entry, const DecodedPacket& packet, const DatagramScan& scan);
  uint16_t payloadPackets(const FlowEntry& entry);
  bool hasVerdict(const FlowEntry& entry);
  bool isNamed(const FlowEntry& entry);

  void observeMedia(FlowEntry& entry, StreamSide side, std::span<const uint8_t> octets);
  [[nodiscard]] Verdict announcedAs(const FlowEntry& entry) const;
  [[nodiscard]] bool isAnnouncedStream(const FlowEntry& entry) const;
  void suppose(FlowEntry& entry, const Verdict& verdict);
  bool isProvisional(const FlowEntry& entry);
  void find(FlowSlot& slot, StreamSide side, const ScanResult& result);
  [[nodiscard]] bool isGuess(const FlowSlot& slot, StreamSide side, uint32_t pattern) const;
  void unseatIfIdle(FlowEntry& entry);

  void decideIfExhausted(FlowEntry& entry, StreamSide changed);
  void leaveSlot(FlowEntry& entry);
  void unseat(FlowEntry& entry);
  void leave(FlowEntry& entry);
  void stopReading(FlowEntry& entry, StreamSide side);
  [[nodiscard]] bool mayFollow(const FlowDissection& dissection) const;
  void dissect(FlowEntry& entry, StreamSide side, std::span<const uint8_t> octets);
  void concludeIfRead(FlowEntry& entry);
  /// What a flow's end finds known may be newer than its last packet, and when it ends depends on
  /// the lane: then what was known at the last packet counts.
  enum class Moment : uint8_t { PACKET, END };
  void conclude(FlowEntry& entry, Moment moment);
  Verdict withService(const FlowEntry& entry, const FlowSlot& slot, Moment moment) const;
  Verdict serviceByAddress(const FlowEntry& entry, const Verdict& verdict) const;
  void decide(FlowEntry& entry, const Verdict& verdict);
  const FlowFacts* factsOf(const FlowSlot& slot, const Verdict& verdict) const;
  FlowLabel labelFor(FlowEntry& entry, const Verdict& verdict);
  void forget(FlowEntry& entry);
  [[nodiscard]] const FlowLabel* labelOf(const FlowEntry& entry) const;
  FlowName nameOf(const FlowEntry& entry);
  void scanned(const ScanOwner& owner, const ScanResult& result) override;
  void refused(const ScanOwner& owner, StreamPlace place) override;
  [[nodiscard]] bool waitsForMatcher(const FlowEntry& entry);
  std::span<FlowEntry* const> settle(FlowEntry* leaving);
  void release(FlowEntry& entry);
  [[nodiscard]] uint64_t undecidedFlowBytes() const;

  const std::shared_ptr<const MatcherDatabase> database;
  const PrefixFilter& prefixes;
  const bool usesPortHints;
  const int64_t lastResultsNs;
  const FlowBudgets budgets;
  const VerdictRules rules;
  Admission admission = Admission::ALL;
  const uint32_t mediaSeatsMax;
  uint32_t mediaSeats = 0;
  FlowSeats seats;
  SegmentPool segments;
  const Naming naming;
  std::shared_ptr<LaneMemory> memory;
  ScanQueue queue;
  std::array<uint64_t, 2> openStreams{};  ///< in the matcher, by StreamSide
  uint64_t dissectionBytes = 0;           ///< held by dissections of seated flows
  std::vector<StreamChunk> chunks;        ///< scratch of deliver
  std::vector<FlowEntry*> named;
  std::vector<FlowEntry*> reported;  ///< what the last `settle` gave out
  FlowLabel hint;                    ///< what `nameOf` gave out
  ClassifierCounters counters;
};

}  // namespace weir
