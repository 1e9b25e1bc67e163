// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "classify/announced_flows.h"
#include "classify/flow_budgets.h"
#include "classify/flow_seats.h"
#include "classify/matcher.h"
#include "classify/scan_queue.h"
#include "classify/verdict_rules.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

/// 16 MiB of segments out of order per lane.
constexpr uint32_t SEGMENT_BLOCKS_MAX = 8192;

constexpr std::array<StreamSide, 2> SIDES = {StreamSide::CLIENT, StreamSide::SERVER};

constexpr StreamSide sideOf(const FlowEntry& entry, const DecodedPacket& packet) {
  return packet.sender == entry.initiator ? StreamSide::CLIENT : StreamSide::SERVER;
}

std::span<const uint8_t> payloadOf(const DecodedPacket& packet) {
  return {packet.payload, packet.payloadLengthBytes};
}

/// A keep-alive of a connection whose start was not seen: it would be taken for its first octet
/// (RFC 9293 3.8.4 leaves its value open; in practice it is zero).
bool looksLikeKeepAlive(const DecodedPacket& packet) {
  return packet.payloadLengthBytes == 1 && packet.payload[0] == 0;
}

}  // namespace

struct Classifier::Impl final : ScanReceiver {
  Impl(std::shared_ptr<const MatcherDatabase> theDatabase, ClassifierOptions options)
      : database(std::move(theDatabase)),
        prefixes(database->prefixes()),
        budgets(options),
        rules(database->signatures()),
        seats(options.undecidedFlowsMax),
        segments(SEGMENT_BLOCKS_MAX),
        announced(std::make_shared<AnnouncedFlows>(database->signatures().known,
                                                   options.expectationsMax)),
        queue(database->createMatcher(options.undecidedFlowsMax * 2), rules, segments) {
    for (const Application& application : database->signatures().applications) {
      if (application.ipProtocol == 0) continue;
      applicationOfProtocol[application.ipProtocol] = application.selector;
    }
  }

  void add(FlowEntry& entry, const DecodedPacket& packet);
  bool admit(FlowEntry& entry, const DecodedPacket& packet);
  bool seat(FlowEntry& entry);

  void addSegment(FlowEntry& entry, const DecodedPacket& packet);
  void lookAt(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  bool begin(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  void deliver(const FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence);
  void requestChunk(uint32_t index, StreamSide side, const StreamChunk& chunk);
  void closeStream(uint32_t index, StreamSide side);
  void giveUp(SlotDirection& direction);

  void addDatagram(FlowEntry& entry, const DecodedPacket& packet);

  void decideIfExhausted(FlowEntry& entry, StreamSide changed);
  void leaveSlot(FlowEntry& entry);
  void leave(FlowEntry& entry);
  void decide(FlowEntry& entry, uint32_t application);
  void scanned(const ScanOwner& owner, uint32_t pattern) override;
  void refused(const ScanOwner& owner) override;
  std::span<FlowEntry* const> settle();
  void release(FlowEntry& entry);
  [[nodiscard]] uint64_t undecidedFlowBytes() const;

  const std::shared_ptr<const MatcherDatabase> database;
  const PrefixFilter& prefixes;
  const FlowBudgets budgets;
  const VerdictRules rules;
  std::array<uint32_t, 256> applicationOfProtocol{};
  Admission admission = Admission::ALL;
  FlowSeats seats;
  SegmentPool segments;
  std::shared_ptr<AnnouncedFlows> announced;
  ScanQueue queue;
  std::array<uint64_t, 2> openStreams{};  ///< in the matcher, by StreamSide
  std::vector<StreamChunk> chunks;        ///< scratch of deliver
  std::vector<FlowEntry*> named;
  std::vector<FlowEntry*> reported;  ///< what the last `settle` gave out
  ClassifierCounters counters;
};

void Classifier::Impl::add(FlowEntry& entry, const DecodedPacket& packet) {
  if (entry.classification == ClassificationState::DECIDED) {
    if (entry.inspectAfterVerdict != 0) announced->observe(packet, sideOf(entry, packet));
    return;
  }
  if (entry.classification == ClassificationState::NEW && !admit(entry, packet)) return;
  // Before the verdict too: whether a channel has its name yet depends on the cut into batches,
  // what it announces must not.
  announced->observe(packet, sideOf(entry, packet));
  if (entry.key.protocol == PROTOCOL_TCP) {
    addSegment(entry, packet);
  } else {
    addDatagram(entry, packet);
  }
  if (packet.payloadLengthBytes != 0) decideIfExhausted(entry, sideOf(entry, packet));
  if (queue.isFull()) queue.flush(*this);
}

/// The first packet of a flow. True when its payload is to be looked at.
bool Classifier::Impl::admit(FlowEntry& entry, const DecodedPacket& packet) {
  const uint8_t protocol = entry.key.protocol;
  if (applicationOfProtocol[protocol] != 0) {
    decide(entry, applicationOfProtocol[protocol]);
    return false;
  }
  if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP) {
    ++counters.unscannableFlows;
    decide(entry, 0);
    return false;
  }
  if (const uint32_t expected = announced->find(packet); expected != 0) {
    ++counters.expectedFlows;
    decide(entry, expected);
    return false;
  }
  if (admission == Admission::NONE) {
    ++counters.shedFlows;
    decide(entry, 0);
    return false;
  }
  FlowSeats::begin(entry);
  ++counters.undecidedFlows;
  return true;
}

/// False when no slot is left: then the flow is decided.
bool Classifier::Impl::seat(FlowEntry& entry) {
  if (seats.seat(entry)) return true;
  ++counters.slotShortageFlows;
  decide(entry, 0);
  return false;
}

void Classifier::Impl::addSegment(FlowEntry& entry, const DecodedPacket& packet) {
  const StreamSide side = sideOf(entry, packet);
  StreamWatch stream = seats.watch(entry).stream(side);
  uint32_t sequence = packet.tcpSequence;
  if ((packet.tcpFlags & TCP_SYN) != 0) {
    ++sequence;  // a SYN takes one number; with TCP Fast Open data follows it (RFC 7413)
    stream.noteStart(sequence);
  }
  const bool hasPayload = packet.payloadLengthBytes != 0;
  if (hasPayload && stream.isSpent()) stream.countPacket();
  seats.keep(entry, side, stream);
  if (hasPayload && !stream.isSpent()) lookAt(entry, packet, sequence);
}

void Classifier::Impl::lookAt(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence) {
  const StreamSide side = sideOf(entry, packet);
  const bool hasBegun =
      FlowSeats::isSeated(entry) && seats.direction(entry, side).stream.isStarted();
  if (hasBegun || begin(entry, packet, sequence)) deliver(entry, packet, sequence);
}

/// The first octets of a direction. False when they are of no use, or no pattern begins so.
bool Classifier::Impl::begin(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence) {
  const StreamSide side = sideOf(entry, packet);
  StreamWatch stream = seats.watch(entry).stream(side);
  if (!stream.hasStart() && looksLikeKeepAlive(packet)) return false;
  const int32_t offset = stream.offsetOf(sequence);
  if (offset + static_cast<int64_t>(packet.payloadLengthBytes) <= 0) return false;
  const auto octets =
      payloadOf(packet).first(std::min(packet.payloadLengthBytes, budgets.stream.octets));
  Candidates candidates = Candidates::any();
  if (offset == 0) candidates = prefixes.ofStream(partOf(Transport::TCP, side), octets);
  if (candidates.areNone()) {
    stream.spend();
    stream.countPacket();
    seats.keep(entry, side, stream);
    return false;
  }
  if (!seat(entry)) return false;
  SlotDirection& direction = seats.direction(entry, side);
  direction.stream.start(sequence - static_cast<uint32_t>(offset));
  direction.candidates = candidates;
  return true;
}

void Classifier::Impl::deliver(const FlowEntry& entry, const DecodedPacket& packet,
                               uint32_t sequence) {
  const StreamSide side = sideOf(entry, packet);
  SlotDirection& direction = seats.direction(entry, side);
  ++direction.payloadPackets;
  if (direction.isFinished) return;
  chunks.clear();
  const SegmentOutcome outcome =
      direction.stream.add(sequence, payloadOf(packet), budgets.stream.octets, segments, chunks);
  for (const StreamChunk& chunk : chunks) requestChunk(seats.indexOf(entry), side, chunk);
  if (outcome == SegmentOutcome::STALE) return;
  ++direction.newPackets;
  if (outcome == SegmentOutcome::HELD) ++counters.reorderedSegments;
  if (outcome == SegmentOutcome::OVERFLOWED) ++counters.reorderDroppedSegments;
  if (outcome == SegmentOutcome::OVERFLOWED || direction.newPackets >= budgets.stream.packets ||
      direction.scannedBytes >= budgets.stream.octets) {
    giveUp(direction);
  }
}

void Classifier::Impl::requestChunk(uint32_t index, StreamSide side, const StreamChunk& chunk) {
  const auto sideIndex = static_cast<size_t>(side);
  FlowSlot& slot = seats[index];
  SlotDirection& direction = slot.directions[sideIndex];
  queue.add({.bytes = chunk.bytes,
             .slot = static_cast<uint32_t>(index * 2 + sideIndex),
             .generation = slot.generation,
             .part = partOf(Transport::TCP, side),
             .startOfStream = !direction.isMatcherStreamOpen,
             .stopsAtMatch = true,
             .candidates = direction.candidates},
            static_cast<uint32_t>(chunk.bytes.size()), chunk.block);
  if (!direction.isMatcherStreamOpen) ++openStreams[sideIndex];
  direction.isMatcherStreamOpen = true;
  direction.scannedBytes += static_cast<uint32_t>(chunk.bytes.size());
  counters.scannedOctets += chunk.bytes.size();
  ++slot.outstanding;
}

void Classifier::Impl::closeStream(uint32_t index, StreamSide side) {
  const auto sideIndex = static_cast<size_t>(side);
  FlowSlot& slot = seats[index];
  if (!slot.directions[sideIndex].isMatcherStreamOpen) return;
  --openStreams[sideIndex];
  queue.close({static_cast<uint32_t>(index * 2 + sideIndex), slot.generation},
              partOf(Transport::TCP, side));
}

void Classifier::Impl::giveUp(SlotDirection& direction) {
  direction.isFinished = true;
  direction.stream.clear(segments);
}

void Classifier::Impl::addDatagram(FlowEntry& entry, const DecodedPacket& packet) {
  if (packet.payloadLengthBytes == 0) return;
  const StreamSide side = sideOf(entry, packet);
  DatagramWatch datagrams = seats.watch(entry).datagrams(side);
  const uint32_t wanted = datagrams.take(packet.payloadLengthBytes, budgets.datagrams);
  seats.keep(entry, side, datagrams);
  if (wanted == 0) return;
  const DatabasePart part = partOf(Transport::UDP, side);
  const auto octets = payloadOf(packet).first(wanted);
  const Candidates candidates = prefixes.ofDatagram(part, octets, packet.payloadLengthBytes);
  if (candidates.areNone() || !seat(entry)) return;
  FlowSlot& slot = seats[seats.indexOf(entry)];
  queue.add({.bytes = octets,
             .slot = seats.indexOf(entry) * 2 + static_cast<uint32_t>(side),
             .generation = slot.generation,
             .part = part,
             .startOfStream = true,
             .endOfStream = true,
             .candidates = candidates},
            packet.payloadLengthBytes, SegmentPool::NO_BLOCK);
  counters.scannedOctets += wanted;
  ++slot.outstanding;
}

/// `changed`: the side that may be exhausted since the last call.
void Classifier::Impl::decideIfExhausted(FlowEntry& entry, StreamSide changed) {
  if (entry.classification == ClassificationState::DECIDED) return;
  if (FlowSeats::isSeated(entry) && seats[seats.indexOf(entry)].outstanding != 0) return;
  const auto isFinished = [&](StreamSide side) {
    return seats.isFinished(entry, side, budgets.stream.packets);
  };
  const bool isExhausted = seats.payloadPackets(entry, changed) >= budgets.patiencePackets ||
                           (isFinished(changed) && isFinished(SIDES[0]) && isFinished(SIDES[1]));
  if (!isExhausted) return;
  ++counters.exhaustedFlows;
  decide(entry, 0);
}

void Classifier::Impl::leaveSlot(FlowEntry& entry) {
  const uint32_t index = seats.indexOf(entry);
  for (const StreamSide side : SIDES) {
    closeStream(index, side);
    seats[index].directions[static_cast<size_t>(side)].stream.clear(segments);
  }
  seats.unseat(entry);
}

/// The end of a flow's being undecided.
void Classifier::Impl::leave(FlowEntry& entry) {
  if (FlowSeats::isUndecided(entry)) --counters.undecidedFlows;
  if (FlowSeats::isSeated(entry)) leaveSlot(entry);
  entry.classification = ClassificationState::DECIDED;
}

void Classifier::Impl::decide(FlowEntry& entry, uint32_t application) {
  leave(entry);
  entry.application = application;
  if (application == 0) return;
  entry.inspectAfterVerdict = announced->isControl(application) ? 1 : 0;
  ++counters.decidedFlows;
  named.push_back(&entry);
}

void Classifier::Impl::scanned(const ScanOwner& owner, uint32_t pattern) {
  FlowSlot& slot = seats[owner.slot / 2];
  if (slot.generation != owner.generation) return;  // decided or ended in the meantime
  FlowEntry& entry = *slot.entry;
  --slot.outstanding;
  if (pattern != VerdictRules::NO_PATTERN) {
    decide(entry, rules.application(pattern));
    return;
  }
  for (const StreamSide side : SIDES) decideIfExhausted(entry, side);
  const bool leavesNothing = entry.key.protocol == PROTOCOL_UDP && FlowSeats::isSeated(entry);
  if (leavesNothing && slot.outstanding == 0) seats.unseat(entry);
}

void Classifier::Impl::refused(const ScanOwner& owner) {
  FlowSlot& slot = seats[owner.slot / 2];
  if (slot.generation != owner.generation) return;
  ++counters.matcherBusyRequests;
  const StreamSide side = SIDES[owner.slot % 2];
  if (slot.entry->key.protocol == PROTOCOL_UDP) {
    DatagramWatch datagrams = slot.watch.datagrams(side);
    datagrams.spend();
    slot.watch.set(side, datagrams);
  } else {
    giveUp(slot.directions[owner.slot % 2]);
  }
  scanned(owner, VerdictRules::NO_PATTERN);
}

std::span<FlowEntry* const> Classifier::Impl::settle() {
  queue.flush(*this);
  reported.clear();
  std::swap(reported, named);
  return reported;
}

void Classifier::Impl::release(FlowEntry& entry) {
  if (FlowSeats::isUndecided(entry)) ++counters.endedUndecidedFlows;
  leave(entry);
  if (entry.application != 0 && !named.empty()) std::erase(named, &entry);
}

uint64_t Classifier::Impl::undecidedFlowBytes() const {
  uint64_t bytes =
      uint64_t{seats.used()} * sizeof(FlowSlot) + uint64_t{segments.used()} * sizeof(SegmentBlock);
  for (const StreamSide side : SIDES) {
    bytes += openStreams[static_cast<size_t>(side)] *
             database->streamStateBytes(partOf(Transport::TCP, side));
  }
  return bytes;
}

Classifier::Classifier(std::shared_ptr<const MatcherDatabase> database, ClassifierOptions options)
    : impl_(std::make_unique<Impl>(std::move(database), options)) {}

Classifier::~Classifier() = default;

void Classifier::add(FlowEntry& entry, const DecodedPacket& packet) { impl_->add(entry, packet); }

std::span<FlowEntry* const> Classifier::settle() { return impl_->settle(); }

void Classifier::release(FlowEntry& entry) { impl_->release(entry); }

void Classifier::setAdmission(Admission admission) { impl_->admission = admission; }

bool Classifier::owns(const FlowEntry& entry) const { return impl_->seats.holds(entry); }

bool Classifier::isIdle() const { return impl_->seats.used() == 0; }

void Classifier::shareAnnouncements(Classifier& predecessor) {
  impl_->announced = predecessor.impl_->announced;
  impl_->announced->expect(impl_->database->signatures().known);
}

ClassifierCounters Classifier::counters() const {
  ClassifierCounters counters = impl_->counters;
  counters.undecidedFlowBytes = impl_->undecidedFlowBytes();
  return counters;
}

}  // namespace weir
