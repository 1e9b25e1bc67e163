// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier.h"

#include "classify/classifier_impl.h"
#include "dissect/rlpx_handshake.h"

namespace weir {
namespace {

/// A keep-alive of a connection whose start was not seen: it would be taken for its first octet
/// (RFC 9293 3.8.4 leaves its value open; in practice it is zero).
bool looksLikeKeepAlive(const DecodedPacket& packet) {
  return packet.payloadLengthBytes == 1 && packet.payload[0] == 0;
}

}  // namespace

/// When a batch ends must not matter: names are looked up with what was known at the packet.
void Classifier::Impl::hear(const DecodedPacket& packet) {
  if (LaneMemory::isDnsResponse(packet)) queue.catchUp(*this);
  memory->hear(packet);
}

void Classifier::Impl::add(FlowEntry& entry, const DecodedPacket& packet) {
  // What is told inside of a tunnel is learned with its flow; the queue as in `hear`.
  if (packet.key.tunnel != Tunnel::NONE && LaneMemory::isDnsResponse(packet)) queue.catchUp(*this);
  addToFlow(entry, packet);
  if (isHeardByAllLanes(packet)) hear(packet);
}

void Classifier::Impl::addToFlow(FlowEntry& entry, const DecodedPacket& packet) {
  // What came before is judged before: a verdict must not depend on the cut into batches. Of a
  // device that a live lane does not wait for it depends on when results come, whatever is done.
  if (packet.payloadLengthBytes != 0 && waitsForMatcher(entry)) queue.catchUp(*this);
  if (entry.classification == ClassificationState::DECIDED) {
    if (entry.inspectAfterVerdict != 0) memory->observe(packet, sideOf(entry, packet));
    return;
  }
  if (entry.classification == ClassificationState::NEW && !admit(entry, packet)) return;
  // Before the verdict too: whether a channel has its name yet depends on the cut into batches,
  // what it announces must not.
  memory->observe(packet, sideOf(entry, packet));
  if (entry.key.protocol == PROTOCOL_TCP) {
    addSegment(entry, packet);
  } else {
    addDatagram(entry, packet);
  }
  if (packet.payloadLengthBytes != 0) {
    concludeIfRead(entry);
    decideIfExhausted(entry, sideOf(entry, packet));
    unseatIfIdle(entry);
  }
  if (queue.isFull()) queue.flush(*this);
}

/// The first packet of a flow. True when its payload is to be looked at.
bool Classifier::Impl::admit(FlowEntry& entry, const DecodedPacket& packet) {
  const uint8_t protocol = entry.key.protocol;
  if (const Verdict verdict = naming.ofIpProtocol(protocol); verdict.hasName()) {
    decide(entry, verdict);
    return false;
  }
  if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP) {
    ++counters.unscannableFlows;
    decide(entry, {});
    return false;
  }
  if (admission == Admission::NONE) {
    ++counters.shedFlows;
    decide(entry, {});
    return false;
  }
  FlowSeats::begin(entry);
  entry.announced = static_cast<uint8_t>(memory->announced.find(packet)) & 3U;
  ++counters.undecidedFlows;
  return true;
}

/// False when no slot is left: then the flow is decided.
bool Classifier::Impl::seat(FlowEntry& entry) {
  if (seats.seat(entry) || (makeRoom() && seats.seat(entry))) return true;
  ++counters.slotShortageFlows;
  decide(entry, {});
  return false;
}

/// A flood of beginnings must not keep others from being named: it pushes out its own.
bool Classifier::Impl::makeRoom() {
  FlowEntry* const idle = seats.dispensable();
  if (idle != nullptr) giveUpSeat(*idle);
  return idle != nullptr;
}

void Classifier::Impl::giveUpSeat(FlowEntry& idle) {
  if (waitsForMatcher(idle)) queue.catchUp(*this);
  if (!FlowSeats::isSeated(idle)) return;
  if (idle.key.protocol == PROTOCOL_UDP && !hasVerdict(idle)) return unseat(idle);
  if (!isNamed(idle)) ++counters.slotShortageFlows;
  conclude(idle, Moment::PACKET);
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
  // What would have to be matched was not captured.
  const bool isTooFar = offset >= static_cast<int64_t>(budgets.stream.octets);
  if (isTooFar || (candidates.areNone() && !isRlpx(entry, packet, sequence))) {
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

/// Evidence of size alone counts only at what is known to be a stream's start.
bool Classifier::Impl::isRlpx(const FlowEntry& entry, const DecodedPacket& packet,
                              uint32_t sequence) {
  const StreamWatch stream = seats.watch(entry).stream(sideOf(entry, packet));
  return stream.hasStart() && stream.offsetOf(sequence) == 0 && isRlpxHandshake(payloadOf(packet));
}

void Classifier::Impl::deliver(FlowEntry& entry, const DecodedPacket& packet, uint32_t sequence) {
  const StreamSide side = sideOf(entry, packet);
  SlotDirection& direction = seats.direction(entry, side);
  ++direction.payloadPackets;
  if (direction.isFinished) return;
  const bool isFirst = direction.stream.deliveredBytes() == 0;
  if (isFirst && isRlpx(entry, packet, sequence)) suppose(entry, naming.ofRlpx());
  chunks.clear();
  if (segments.isNearlyFull()) giveUpWaiting();
  segments.setOwner(seats.indexOf(entry) * 2 + static_cast<uint32_t>(side));
  const SegmentOutcome outcome =
      direction.stream.add(sequence, payloadOf(packet), budgets.stream.octets, segments, chunks);
  for (const StreamChunk& chunk : chunks) {
    dissect(entry, side, chunk.bytes);
    requestChunk(entry, side, chunk);
  }
  if (outcome == SegmentOutcome::STALE) return;
  ++direction.newPackets;
  if (outcome == SegmentOutcome::HELD) ++counters.reorderedSegments;
  if (outcome == SegmentOutcome::OVERFLOWED) ++counters.reorderDroppedSegments;
  if (outcome == SegmentOutcome::OVERFLOWED || direction.newPackets >= budgets.stream.packets ||
      direction.stream.deliveredBytes() >= budgets.stream.octets) {
    giveUp(direction);
    stopReading(entry, side);
  }
}

/// Of a few streams that hold segments, the one whose flow has been silent longest: holes that are
/// never filled must not take the room of others.
void Classifier::Impl::giveUpWaiting() {
  constexpr int STREAMS_LOOKED_AT = 8;
  SlotDirection* idle = nullptr;
  int64_t idleSinceNs = INT64_MAX;
  for (int i = 0; i < STREAMS_LOOKED_AT; ++i) {
    const uint32_t owner = segments.nextOwner();
    FlowSlot& slot = seats[owner / 2];
    SlotDirection& direction = slot.directions[owner % 2];
    if (slot.entry == nullptr || !direction.stream.holds() || slot.entry->lastNs >= idleSinceNs)
      continue;
    idle = &direction;
    idleSinceNs = slot.entry->lastNs;
  }
  if (idle == nullptr) return;
  ++counters.reorderDroppedSegments;
  giveUp(*idle);
}

/// A flow that has its verdict waits for what is read of it: the matcher has told all it can.
void Classifier::Impl::requestChunk(FlowEntry& entry, StreamSide side, const StreamChunk& chunk) {
  const auto sideIndex = static_cast<size_t>(side);
  const uint32_t index = seats.indexOf(entry);
  FlowSlot& slot = seats[index];
  SlotDirection& direction = slot.directions[sideIndex];
  if (slot.verdict.hasName() && !Naming::isSupposed(slot.verdict)) {
    if (chunk.block != SegmentPool::NO_BLOCK) segments.giveBack(chunk.block);
    return;
  }
  queue.add({.bytes = chunk.bytes,
             .slot = static_cast<uint32_t>(index * 2 + sideIndex),
             .generation = slot.generation,
             .part = partOf(Transport::TCP, side),
             .startOfStream = !direction.isMatcherStreamOpen,
             .stopsAtMatch = true,
             .candidates = direction.candidates},
            {static_cast<uint32_t>(chunk.bytes.size()), payloadPackets(entry)}, chunk.block);
  if (!direction.isMatcherStreamOpen) ++openStreams[sideIndex];
  direction.isMatcherStreamOpen = true;
  direction.scannedBytes += static_cast<uint32_t>(chunk.bytes.size());
  counters.scannedOctets += chunk.bytes.size();
  ++slot.outstanding;
}

/// Whether what a flow says for good comes behind this: see Naming::isProvisional.
bool Classifier::Impl::mayFollow(const FlowDissection& dissection) const {
  const KnownApplications& known = database->signatures().known;
  return known.stun != 0 && dissection.protocol(known) == known.stun;
}

/// `octets`: the next of a TCP direction, or a datagram.
void Classifier::Impl::dissect(FlowEntry& entry, StreamSide side, std::span<const uint8_t> octets) {
  FlowSlot& slot = seats[seats.indexOf(entry)];
  const bool isTcp = entry.key.protocol == PROTOCOL_TCP;
  if (slot.isReading()) {
    if (slot.dissection->side() != side) return;
    dissectionBytes -= slot.dissection->heldBytes();
    slot.dissection->add(octets);
  } else if (slot.dissection && !mayFollow(*slot.dissection)) {
    return;
  } else {
    if (isTcp && seats.direction(entry, side).scannedBytes != 0) return;
    auto next = FlowDissection::begin(isTcp ? Transport::TCP : Transport::UDP, side, octets);
    if (!next || (slot.dissection && mayFollow(*next))) return;
    if (slot.dissection) dissectionBytes -= slot.dissection->heldBytes();
    slot.dissection = std::move(next);
  }
  if (slot.dissection->isRefuted()) {
    slot.dissection.reset();
    return;
  }
  dissectionBytes += slot.dissection->heldBytes();
  if (!slot.isReading()) slot.readPackets = payloadPackets(entry);
}

/// The direction's budget is spent: what was read until now is all.
void Classifier::Impl::stopReading(FlowEntry& entry, StreamSide side) {
  FlowSlot& slot = seats[seats.indexOf(entry)];
  if (!slot.isReading() || slot.dissection->side() != side) return;
  slot.dissection->finish();
  slot.readPackets = payloadPackets(entry);
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

/// What its shape makes of a seated flow, unless a pattern that matches by now says otherwise.
void Classifier::Impl::suppose(FlowEntry& entry, const Verdict& verdict) {
  FlowSlot& slot = seats[seats.indexOf(entry)];
  if (!verdict.hasName() || (slot.verdict.hasName() && !isProvisional(entry))) return;
  slot.verdict = verdict;
  slot.foundPackets = payloadPackets(entry);
}

/// Better than its verdict may still be found of the flow.
bool Classifier::Impl::isProvisional(const FlowEntry& entry) {
  return entry.key.protocol == PROTOCOL_UDP && hasVerdict(entry) &&
         naming.isProvisional(seats[seats.indexOf(entry)].verdict);
}

/// With payload, of both directions, until now.
uint16_t Classifier::Impl::payloadPackets(const FlowEntry& entry) {
  const uint32_t packets = seats.payloadPackets(entry, StreamSide::CLIENT) +
                           seats.payloadPackets(entry, StreamSide::SERVER);
  return static_cast<uint16_t>(std::min<uint32_t>(packets, UINT16_MAX));
}

/// Found, and waiting for what is read of the flow.
bool Classifier::Impl::hasVerdict(const FlowEntry& entry) {
  return FlowSeats::isSeated(entry) && seats[seats.indexOf(entry)].verdict.hasName();
}

Classifier::Classifier(std::shared_ptr<const MatcherDatabase> database, ClassifierOptions options)
    : impl_(std::make_unique<Impl>(std::move(database), options)) {}

Classifier::~Classifier() = default;

void Classifier::add(FlowEntry& entry, const DecodedPacket& packet) { impl_->add(entry, packet); }

void Classifier::hear(const DecodedPacket& packet) { impl_->hear(packet); }

void Classifier::flush() { impl_->queue.catchUp(*impl_); }

std::span<FlowEntry* const> Classifier::settle(FlowEntry* leaving) {
  return impl_->settle(leaving);
}

FlowName Classifier::nameOf(const FlowEntry& entry) { return impl_->nameOf(entry); }

const FlowLabel* Classifier::labelOf(const FlowEntry& entry) const { return impl_->labelOf(entry); }

void Classifier::release(FlowEntry& entry) { impl_->release(entry); }

void Classifier::finish() {
  impl_->queue.beginToWait(std::chrono::nanoseconds(impl_->lastResultsNs));
}

void Classifier::setAdmission(Admission admission) { impl_->admission = admission; }

bool Classifier::owns(const FlowEntry& entry) const { return impl_->seats.holds(entry); }

bool Classifier::isIdle() const { return impl_->seats.used() == 0; }

void Classifier::shareMemory(Classifier& predecessor) {
  impl_->memory = predecessor.impl_->memory;
  impl_->memory->setKnown(impl_->database->signatures().known);
}

ClassifierCounters Classifier::counters() const {
  ClassifierCounters counters = impl_->counters;
  counters.undecidedFlowBytes = impl_->undecidedFlowBytes();
  counters.pooledStreamBytes = impl_->queue.pooledBytes();
  return counters;
}

}  // namespace weir
