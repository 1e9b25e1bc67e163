// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier.h"

#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "classify/announced_flows.h"
#include "classify/flow_slots.h"
#include "classify/matcher.h"
#include "classify/verdict_rules.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

/// Requests gathered before they are submitted without waiting for `settle`.
constexpr size_t BATCH_REQUESTS_MAX = 256;
constexpr size_t POLL_EVENTS = 256;

/// A direction that has sent this many times its budget ends the wait for a silent other one.
constexpr uint32_t PATIENCE_BUDGETS = 8;

/// 16 MiB of segments out of order per lane.
constexpr uint32_t SEGMENT_BLOCKS_MAX = 8192;

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

/// A request that was submitted and waits for its result.
struct PendingRequest {
  uint64_t tag;
  uint32_t slot;
  uint32_t generation;
  uint32_t payloadLengthBytes;
};

}  // namespace

struct Classifier::Impl {
  Impl(std::shared_ptr<const MatcherDatabase> theDatabase, ClassifierOptions theOptions)
      : database(std::move(theDatabase)),
        options(theOptions),
        rules(database->signatures()),
        slots(options.undecidedFlowsMax),
        segments(SEGMENT_BLOCKS_MAX),
        announced(std::make_shared<AnnouncedFlows>(database->signatures().expected,
                                                   options.expectationsMax)),
        matcher(database->createMatcher(options.undecidedFlowsMax * 2)) {
    for (const Application& application : database->signatures().applications) {
      if (application.ipProtocol == 0) continue;
      applicationOfProtocol[application.ipProtocol] = application.selector;
    }
  }

  void add(FlowEntry& entry, const DecodedPacket& packet);
  bool admit(FlowEntry& entry, const DecodedPacket& packet);
  void addSegment(uint32_t index, const FlowEntry& entry, const DecodedPacket& packet);
  void addDatagram(uint32_t index, const FlowEntry& entry, const DecodedPacket& packet);
  void request(uint32_t index, DatabasePart part, const StreamChunk& chunk, uint32_t payloadBytes);
  void closeStream(uint32_t index, StreamSide side);
  void giveUp(SlotDirection& direction);
  void checkBudget(SlotDirection& direction);
  [[nodiscard]] bool isExhausted(const FlowSlot& slot) const;
  void decideIfExhausted(uint32_t index);
  void freeSlot(FlowEntry& entry);
  void decide(FlowEntry& entry, uint32_t application);
  void flush();
  void refuseRest(size_t offered);
  void collect();
  void complete(const PendingRequest& pending);
  std::span<FlowEntry* const> settle();
  void release(FlowEntry& entry);

  const std::shared_ptr<const MatcherDatabase> database;
  const ClassifierOptions options;
  const VerdictRules rules;
  std::array<uint32_t, 256> applicationOfProtocol{};
  FlowSlotPool slots;
  SegmentPool segments;
  std::shared_ptr<AnnouncedFlows> announced;
  const std::unique_ptr<Matcher> matcher;

  std::vector<ScanRequest> batch;
  std::vector<uint32_t> batchPayloadBytes;  ///< of the packet, by request of `batch`
  std::vector<uint32_t> batchBlocks;        ///< of the segment pool, read until submission
  std::vector<StreamChunk> chunks;          ///< scratch of addSegment
  std::vector<PendingRequest> pending;      ///< in order of submission, from `pendingHead` on
  size_t pendingHead = 0;
  std::vector<MatchEvent> events;  ///< polled, their request not completed, from `eventHead` on
  size_t eventHead = 0;
  uint64_t nextTag = 0;
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
  const uint32_t index = entry.classifierSlot;
  if (entry.key.protocol == PROTOCOL_TCP) {
    addSegment(index, entry, packet);
  } else {
    addDatagram(index, entry, packet);
  }
  decideIfExhausted(index);
  if (batch.size() >= BATCH_REQUESTS_MAX) flush();
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
  entry.classifierSlot = slots.allocate(entry);
  if (entry.classifierSlot == FlowEntry::NO_INDEX) {
    ++counters.slotShortageFlows;
    decide(entry, 0);
    return false;
  }
  entry.classification = ClassificationState::UNDECIDED;
  return true;
}

void Classifier::Impl::addSegment(uint32_t index, const FlowEntry& entry,
                                  const DecodedPacket& packet) {
  const StreamSide side = sideOf(entry, packet);
  SlotDirection& direction = slots[index].directions[static_cast<size_t>(side)];
  uint32_t sequence = packet.tcpSequence;
  if ((packet.tcpFlags & TCP_SYN) != 0) {
    ++sequence;  // a SYN takes one number; with TCP Fast Open data follows it (RFC 7413)
    direction.stream.start(sequence);
  }
  if (packet.payloadLengthBytes == 0) return;
  ++direction.payloadPackets;
  if (direction.isFinished) return;
  if (!direction.stream.isStarted()) {
    if (looksLikeKeepAlive(packet)) return;
    direction.stream.start(sequence);
  }

  chunks.clear();
  const SegmentOutcome outcome = direction.stream.add(
      sequence, payloadOf(packet), options.budgetBytesPerDirection, segments, chunks);
  for (const StreamChunk& chunk : chunks) {
    request(index, partOf(Transport::TCP, side), chunk, packet.payloadLengthBytes);
  }
  if (outcome == SegmentOutcome::STALE) return;
  ++direction.newPackets;
  if (outcome == SegmentOutcome::HELD) ++counters.reorderedSegments;
  if (outcome == SegmentOutcome::OVERFLOWED) {
    ++counters.reorderDroppedSegments;
    giveUp(direction);
  }
  checkBudget(direction);
}

void Classifier::Impl::addDatagram(uint32_t index, const FlowEntry& entry,
                                   const DecodedPacket& packet) {
  const StreamSide side = sideOf(entry, packet);
  SlotDirection& direction = slots[index].directions[static_cast<size_t>(side)];
  if (packet.payloadLengthBytes == 0) return;
  ++direction.payloadPackets;
  if (direction.isFinished) return;
  ++direction.newPackets;
  const uint32_t room = options.budgetBytesPerDirection - direction.scannedBytes;
  const StreamChunk chunk{payloadOf(packet).first(std::min(packet.payloadLengthBytes, room)),
                          SegmentPool::NO_BLOCK};
  request(index, partOf(Transport::UDP, side), chunk, packet.payloadLengthBytes);
  checkBudget(direction);
}

void Classifier::Impl::request(uint32_t index, DatabasePart part, const StreamChunk& chunk,
                               uint32_t payloadBytes) {
  FlowSlot& slot = slots[index];
  const auto side = static_cast<size_t>(part) & 1U;
  SlotDirection& direction = slot.directions[side];
  const bool isDatagram = part == DatabasePart::UDP_CLIENT || part == DatabasePart::UDP_SERVER;
  batch.push_back({.bytes = chunk.bytes,
                   .tag = nextTag++,
                   .slot = static_cast<uint32_t>(index * 2 + side),
                   .generation = slot.generation,
                   .part = part,
                   .startOfStream = !direction.isMatcherStreamOpen,
                   .endOfStream = isDatagram});
  batchPayloadBytes.push_back(payloadBytes);
  if (chunk.block != SegmentPool::NO_BLOCK) batchBlocks.push_back(chunk.block);
  direction.isMatcherStreamOpen = !isDatagram;
  direction.scannedBytes += static_cast<uint32_t>(chunk.bytes.size());
  counters.scannedOctets += chunk.bytes.size();
  ++slot.outstanding;
}

/// Has the matcher give the stream's state back, behind all requests for it.
void Classifier::Impl::closeStream(uint32_t index, StreamSide side) {
  const auto sideIndex = static_cast<size_t>(side);
  FlowSlot& slot = slots[index];
  if (!slot.directions[sideIndex].isMatcherStreamOpen) return;
  batch.push_back({.tag = nextTag++,
                   .slot = static_cast<uint32_t>(index * 2 + sideIndex),
                   .generation = slot.generation,
                   .part = partOf(Transport::TCP, side),
                   .endOfStream = true});
  batchPayloadBytes.push_back(0);
}

void Classifier::Impl::giveUp(SlotDirection& direction) {
  direction.isFinished = true;
  direction.stream.clear(segments);
}

void Classifier::Impl::checkBudget(SlotDirection& direction) {
  if (direction.newPackets >= options.budgetPacketsPerDirection ||
      direction.scannedBytes >= options.budgetBytesPerDirection) {
    giveUp(direction);
  }
}

bool Classifier::Impl::isExhausted(const FlowSlot& slot) const {
  const SlotDirection& client = slot.directions[0];
  const SlotDirection& server = slot.directions[1];
  if (client.isFinished && server.isFinished) return true;
  const uint32_t patience = options.budgetPacketsPerDirection * PATIENCE_BUDGETS;
  return client.payloadPackets >= patience || server.payloadPackets >= patience;
}

void Classifier::Impl::decideIfExhausted(uint32_t index) {
  const FlowSlot& slot = slots[index];
  if (slot.outstanding != 0 || !isExhausted(slot)) return;
  ++counters.exhaustedFlows;
  decide(*slot.entry, 0);
}

void Classifier::Impl::freeSlot(FlowEntry& entry) {
  const uint32_t index = std::exchange(entry.classifierSlot, FlowEntry::NO_INDEX);
  if (index == FlowEntry::NO_INDEX) return;
  for (const StreamSide side : {StreamSide::CLIENT, StreamSide::SERVER}) {
    closeStream(index, side);
    slots[index].directions[static_cast<size_t>(side)].stream.clear(segments);
  }
  slots.giveBack(index);
}

void Classifier::Impl::decide(FlowEntry& entry, uint32_t application) {
  freeSlot(entry);
  entry.classification = ClassificationState::DECIDED;
  entry.application = application;
  if (application == 0) return;
  entry.inspectAfterVerdict = announced->isControl(application) ? 1 : 0;
  ++counters.decidedFlows;
  named.push_back(&entry);
}

/// Verdicts free slots, which appends closing requests to the batch: so it may grow while it is
/// submitted.
void Classifier::Impl::flush() {
  size_t offered = 0;
  while (offered < batch.size()) {
    const size_t accepted = matcher->submit(std::span(batch).subspan(offered));
    for (size_t i = offered; i < offered + accepted; ++i) {
      const ScanRequest& taken = batch[i];
      pending.push_back({taken.tag, taken.slot, taken.generation, batchPayloadBytes[i]});
    }
    offered += accepted;
    const size_t waiting = pending.size() - pendingHead;
    collect();
    const bool isStuck = accepted == 0 && waiting == pending.size() - pendingHead;
    if (isStuck) break;
  }
  refuseRest(offered);
  batch.clear();
  batchPayloadBytes.clear();
  for (const uint32_t block : batchBlocks) segments.giveBack(block);
  batchBlocks.clear();
}

/// A full device: the octets cannot be kept, so the streams they belong to are of no more use.
void Classifier::Impl::refuseRest(size_t offered) {
  for (size_t i = offered; i < batch.size(); ++i) {
    const uint32_t index = batch[i].slot / 2;
    FlowSlot& slot = slots[index];
    if (batch[i].bytes.empty() || slot.generation != batch[i].generation) continue;
    ++counters.matcherBusyRequests;
    --slot.outstanding;
    giveUp(slot.directions[batch[i].slot % 2]);
    decideIfExhausted(index);
  }
}

void Classifier::Impl::collect() {
  std::array<MatchEvent, POLL_EVENTS> polled;
  PollResult result;
  do {
    result = matcher->poll(polled);
    events.insert(events.end(), polled.begin(), polled.begin() + result.events);
    for (size_t i = 0; i < result.completedRequests; ++i) complete(pending[pendingHead++]);
  } while (result.events == polled.size());
  if (pendingHead == pending.size()) {
    pending.clear();
    pendingHead = 0;
  }
  if (eventHead == events.size()) {
    events.clear();
    eventHead = 0;
  }
}

void Classifier::Impl::complete(const PendingRequest& request) {
  uint32_t best = VerdictRules::NO_PATTERN;
  for (; eventHead < events.size() && events[eventHead].tag == request.tag; ++eventHead) {
    const uint32_t pattern = events[eventHead].pattern;
    if (rules.applies(pattern, request.payloadLengthBytes)) best = rules.better(best, pattern);
  }
  const uint32_t index = request.slot / 2;
  FlowSlot& slot = slots[index];
  if (slot.generation != request.generation) return;  // decided or ended in the meantime
  --slot.outstanding;
  if (best != VerdictRules::NO_PATTERN) {
    decide(*slot.entry, rules.application(best));
  } else {
    decideIfExhausted(index);
  }
}

std::span<FlowEntry* const> Classifier::Impl::settle() {
  flush();
  collect();
  reported.clear();
  std::swap(reported, named);
  return reported;
}

void Classifier::Impl::release(FlowEntry& entry) {
  freeSlot(entry);
  entry.classification = ClassificationState::DECIDED;
  if (entry.application != 0 && !named.empty()) std::erase(named, &entry);
}

Classifier::Classifier(std::shared_ptr<const MatcherDatabase> database, ClassifierOptions options)
    : impl_(std::make_unique<Impl>(std::move(database), options)) {}

Classifier::~Classifier() = default;

void Classifier::add(FlowEntry& entry, const DecodedPacket& packet) { impl_->add(entry, packet); }

std::span<FlowEntry* const> Classifier::settle() { return impl_->settle(); }

void Classifier::release(FlowEntry& entry) { impl_->release(entry); }

bool Classifier::owns(const FlowEntry& entry) const {
  return impl_->slots.holds(entry.classifierSlot, entry);
}

void Classifier::shareAnnouncements(Classifier& predecessor) {
  impl_->announced = predecessor.impl_->announced;
  impl_->announced->expect(impl_->database->signatures().expected);
}

ClassifierCounters& ClassifierCounters::operator+=(const ClassifierCounters& other) {
  using Words = std::array<uint64_t, sizeof(ClassifierCounters) / sizeof(uint64_t)>;
  auto sum = std::bit_cast<Words>(*this);
  const auto words = std::bit_cast<Words>(other);
  for (size_t i = 0; i < words.size(); ++i) sum[i] += words[i];
  return *this = std::bit_cast<ClassifierCounters>(sum);
}

ClassifierCounters Classifier::counters() const {
  ClassifierCounters counters = impl_->counters;
  counters.undecidedFlows = impl_->slots.used();
  return counters;
}

}  // namespace weir
