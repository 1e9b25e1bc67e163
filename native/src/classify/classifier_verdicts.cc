// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier_impl.h"

namespace weir {

/// `changed`: the side that may be exhausted since the last call.
void Classifier::Impl::decideIfExhausted(FlowEntry& entry, StreamSide changed) {
  if (entry.classification == ClassificationState::DECIDED) return;
  if (FlowSeats::isSeated(entry) && seats[seats.indexOf(entry)].outstanding != 0) return;
  const auto isFinished = [&](StreamSide side) {
    return seats.isFinished(entry, side, budgets.stream.packets);
  };
  const bool isExhausted =
      seats.payloadPackets(entry, changed) >= budgets.patiencePackets ||
      (isFinished(changed) && (isProvisional(entry) || isAnnouncedStream(entry) ||
                               (isFinished(SIDES[0]) && isFinished(SIDES[1]))));
  if (!isExhausted) return;
  if (!hasVerdict(entry) && !isAnnouncedStream(entry)) ++counters.exhaustedFlows;
  conclude(entry, Moment::PACKET);
}

void Classifier::Impl::leaveSlot(FlowEntry& entry) {
  const uint32_t index = seats.indexOf(entry);
  for (const StreamSide side : SIDES) {
    closeStream(index, side);
    seats[index].directions[static_cast<size_t>(side)].stream.clear(segments);
  }
  unseat(entry);
}

void Classifier::Impl::unseat(FlowEntry& entry) {
  const FlowSlot& slot = seats[seats.indexOf(entry)];
  if (slot.dissection) dissectionBytes -= slot.dissection->heldBytes();
  if (slot.tracksMedia) --mediaSeats;
  seats.unseat(entry);
}

/// The end of a flow's being undecided.
void Classifier::Impl::leave(FlowEntry& entry) {
  if (FlowSeats::isUndecided(entry)) --counters.undecidedFlows;
  if (FlowSeats::isSeated(entry)) leaveSlot(entry);
  entry.classification = ClassificationState::DECIDED;
}

/// Once nothing more will be read of the flow.
void Classifier::Impl::concludeIfRead(FlowEntry& entry) {
  if (!hasVerdict(entry) || isProvisional(entry)) return;
  FlowSlot& slot = seats[seats.indexOf(entry)];
  // A pattern may have matched before the shape was complete.
  if (Naming::isSupposed(slot.verdict) && slot.outstanding != 0) return;
  const bool waits = factsOf(slot, slot.verdict) != nullptr && slot.isReading();
  if (!waits) return conclude(entry, Moment::PACKET);
  slot.byAddress = serviceByAddress(entry, slot.verdict);
}

void Classifier::Impl::conclude(FlowEntry& entry, Moment moment) {
  if (!hasVerdict(entry))
    return decide(entry, isAnnouncedStream(entry) ? announcedAs(entry) : Verdict{});
  decide(entry, withService(entry, seats[seats.indexOf(entry)], moment));
}

/// The verdict that was found, with the service as well where it is known.
Verdict Classifier::Impl::withService(const FlowEntry& entry, const FlowSlot& slot,
                                      Moment moment) const {
  const FlowFacts* const facts = factsOf(slot, slot.verdict);
  if (facts != nullptr && !facts->serverName.empty())
    return naming.refine(slot.verdict, facts->serverName);
  if (moment == Moment::PACKET) return serviceByAddress(entry, slot.verdict);
  return slot.byAddress.protocol == slot.verdict.protocol ? slot.byAddress : slot.verdict;
}

Verdict Classifier::Impl::serviceByAddress(const FlowEntry& entry, const Verdict& verdict) const {
  if (!naming.carriesServices(verdict.protocol)) return verdict;
  const std::string* const name = memory->nameOf(entry);
  return name != nullptr ? naming.refine(verdict, *name) : verdict;
}

void Classifier::Impl::decide(FlowEntry& entry, const Verdict& verdict) {
  const FlowLabel label = verdict.hasName() ? labelFor(entry, verdict) : FlowLabel{};
  leave(entry);
  entry.application = verdict.application;
  entry.classifierState = FlowLabels::NO_LABEL;
  entry.announced = 0;
  if (!verdict.hasName()) return;
  if (verdict.rule == RuleKind::ANNOUNCED_BY) ++counters.expectedFlows;
  entry.classifierState = memory->labels.add(label);
  ++counters.keptLabels;
  if (label.facts != nullptr) ++counters.keptFacts;
  entry.inspectAfterVerdict = memory->announces(verdict.application) ? 1 : 0;
  ++counters.decidedFlows;
  named.push_back(&entry);
}

/// What the flow said of itself in the protocol that it turned out to be; null: nothing.
const FlowFacts* Classifier::Impl::factsOf(const FlowSlot& slot, const Verdict& verdict) const {
  if (!slot.dissection) return nullptr;
  const bool isOfProtocol =
      slot.dissection->protocol(database->signatures().known) == verdict.protocol;
  return isOfProtocol ? &slot.dissection->facts() : nullptr;
}

FlowLabel Classifier::Impl::labelFor(FlowEntry& entry, const Verdict& verdict) {
  const FlowSlot* const slot = FlowSeats::isSeated(entry) ? &seats[seats.indexOf(entry)] : nullptr;
  const FlowFacts* const facts = slot == nullptr ? nullptr : factsOf(*slot, verdict);
  FlowLabel label{.protocol = verdict.protocol,
                  .ruleOrdinal = verdict.ruleOrdinal,
                  .rule = verdict.rule,
                  .confidence = verdict.confidence};
  if (slot != nullptr) label.packets = slot->foundPackets;
  const bool hasTold = facts != nullptr && *facts != FlowFacts{};
  const bool isGuess = slot != nullptr && slot->isGuess && !hasTold;
  if (isGuess && verdict.rule == RuleKind::MATCH) label.confidence = Confidence::BEHAVIOUR;
  if (facts == nullptr) return label;
  label.packets =
      std::max(label.packets, slot->isReading() ? payloadPackets(entry) : slot->readPackets);
  label.facts = memory->facts.take(*facts);
  if (label.facts == nullptr && *facts != FlowFacts{}) ++counters.droppedFacts;
  return label;
}

/// The label goes with the flow.
void Classifier::Impl::forget(FlowEntry& entry) {
  const FlowLabel* const label = labelOf(entry);
  if (label == nullptr) return;
  --counters.keptLabels;
  if (label->facts != nullptr) --counters.keptFacts;
  memory->facts.giveBack(label->facts);
  memory->labels.remove(std::exchange(entry.classifierState, FlowLabels::NO_LABEL));
}

const FlowLabel* Classifier::Impl::labelOf(const FlowEntry& entry) const {
  const bool hasLabel = entry.classification == ClassificationState::DECIDED &&
                        entry.application != 0 && entry.classifierState != FlowLabels::NO_LABEL;
  return hasLabel ? &memory->labels[entry.classifierState] : nullptr;
}

FlowName Classifier::Impl::nameOf(const FlowEntry& entry) {
  if (entry.application != 0 || !usesPortHints) return {entry.application, labelOf(entry)};
  const Verdict verdict = naming.ofPorts(entry);
  if (!verdict.hasName()) return {};
  hint = {.protocol = verdict.protocol, .rule = verdict.rule, .confidence = verdict.confidence};
  return {verdict.application, &hint};
}

void Classifier::Impl::scanned(const ScanOwner& owner, const ScanResult& result) {
  FlowSlot& slot = seats[owner.slot / 2];
  if (slot.generation != owner.generation) return;  // decided or ended in the meantime
  FlowEntry& entry = *slot.entry;
  --slot.outstanding;
  if (result.pattern != VerdictRules::NO_PATTERN) find(slot, SIDES[owner.slot % 2], result);
  if (slot.verdict.hasName() && !isProvisional(entry)) return concludeIfRead(entry);
  for (const StreamSide side : SIDES) decideIfExhausted(entry, side);
  unseatIfIdle(entry);
}

/// The first that is found is the verdict, but for what is provisional.
void Classifier::Impl::find(FlowSlot& slot, StreamSide side, const ScanResult& result) {
  const Verdict found = naming.ofPattern(result.pattern);
  const Verdict& old = slot.verdict;
  if (isAnnouncedStream(*slot.entry) && found.confidence < Confidence::EXPECTED) return;
  const bool isEarlier = Naming::isSupposed(old) && result.flowPackets <= slot.foundPackets &&
                         found.confidence >= old.confidence;
  const bool isBetter = isProvisional(*slot.entry) || isEarlier;
  if (old.hasName() && (naming.isProvisional(found) || !isBetter)) return;
  slot.verdict = found;
  slot.isGuess = isGuess(slot, side, result.pattern);
  slot.foundPackets = result.flowPackets;
}

/// A pattern that is tied to the start matched where a stream was picked up, and says little. One
/// that can match anywhere has no bits of evidence and needs no start.
bool Classifier::Impl::isGuess(const FlowSlot& slot, StreamSide side, uint32_t pattern) const {
  constexpr uint32_t ENOUGH_BITS = 32;
  const uint32_t bits = prefixes.evidenceBits(pattern);
  return slot.entry->key.protocol == PROTOCOL_TCP && !slot.watch.stream(side).hasStart() &&
         bits != 0 && bits < ENOUGH_BITS;
}

/// Datagrams leave nothing behind that would need a slot, unless they belong together.
void Classifier::Impl::unseatIfIdle(FlowEntry& entry) {
  if (entry.key.protocol != PROTOCOL_UDP || !FlowSeats::isSeated(entry)) return;
  const FlowSlot& slot = seats[seats.indexOf(entry)];
  const bool isIdle =
      slot.outstanding == 0 && !slot.verdict.hasName() && !slot.isReading() && !slot.tracksMedia;
  if (isIdle) unseat(entry);
}

void Classifier::Impl::refused(const ScanOwner& owner, StreamPlace place) {
  FlowSlot& slot = seats[owner.slot / 2];
  if (slot.generation != owner.generation) return;
  ++counters.matcherBusyRequests;
  const StreamSide side = SIDES[owner.slot % 2];
  if (slot.entry->key.protocol == PROTOCOL_UDP) {
    DatagramWatch datagrams = slot.watch.datagrams(side);
    datagrams.spend();
    slot.watch.set(side, datagrams);
  } else {
    SlotDirection& direction = slot.directions[owner.slot % 2];
    giveUp(direction);
    // An end that the matcher need not be told would wait in front of others until it has room.
    if (place == StreamPlace::START) {
      direction.isMatcherStreamOpen = false;
      --openStreams[owner.slot % 2];
    }
  }
  scanned(owner, {});
}

bool Classifier::Impl::waitsForMatcher(const FlowEntry& entry) {
  return FlowSeats::isSeated(entry) && seats[seats.indexOf(entry)].outstanding != 0;
}

/// If it ended now.
bool Classifier::Impl::isNamed(const FlowEntry& entry) {
  return hasVerdict(entry) || (FlowSeats::isUndecided(entry) && isAnnouncedStream(entry));
}

std::span<FlowEntry* const> Classifier::Impl::settle(FlowEntry* leaving) {
  if (leaving == nullptr) {
    queue.flush(*this);
  } else if (waitsForMatcher(*leaving)) {
    queue.flushNow(*this);
  }
  if (leaving != nullptr && isNamed(*leaving)) conclude(*leaving, Moment::END);
  reported.clear();
  std::swap(reported, named);
  return reported;
}

void Classifier::Impl::release(FlowEntry& entry) {
  if (isNamed(entry)) conclude(entry, Moment::END);
  if (FlowSeats::isUndecided(entry)) ++counters.endedUndecidedFlows;
  leave(entry);
  forget(entry);
  if (entry.application != 0 && !named.empty()) std::erase(named, &entry);
}

uint64_t Classifier::Impl::undecidedFlowBytes() const {
  uint64_t bytes = uint64_t{seats.used()} * sizeof(FlowSlot) +
                   uint64_t{segments.used()} * sizeof(SegmentBlock) + dissectionBytes;
  for (const StreamSide side : SIDES) {
    bytes += openStreams[static_cast<size_t>(side)] *
             database->streamStateBytes(partOf(Transport::TCP, side));
  }
  return bytes;
}

}  // namespace weir
