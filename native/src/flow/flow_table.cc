// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {

namespace {

// FlowEntry::connection.
constexpr uint8_t OPENED = FlowEntry::OPENED;
constexpr std::array<uint8_t, 2> FIN_SEEN = {2, 4};
constexpr std::array<uint8_t, 2> RST_SEEN = {8, 16};
constexpr uint8_t BOTH_FINS = FIN_SEEN[0] | FIN_SEEN[1];
constexpr uint8_t ANY_RST = RST_SEEN[0] | RST_SEEN[1];

bool isClosed(const FlowEntry& entry) {
  return (entry.connection & ANY_RST) != 0 || (entry.connection & BOTH_FINS) == BOTH_FINS;
}

bool hasCounters(const FlowEntry& entry) { return (entry.packets[0] | entry.packets[1]) != 0; }

/// The first packet's sender, unless it answers: a SYN with ACK comes from the responder.
Sender initiatorOf(const DecodedPacket& packet) {
  constexpr uint16_t ANSWER = TCP_SYN | TCP_ACK;
  if ((packet.tcpFlags & ANSWER) != ANSWER) return packet.sender;
  return packet.sender == Sender::A ? Sender::B : Sender::A;
}

void noteMacAddresses(FlowDetails& details, const DecodedPacket& packet) {
  details.insidePppoe = packet.insidePppoe;
  details.hasMacAddresses = packet.macAddresses != nullptr;
  if (!details.hasMacAddresses) return;
  const auto sender = static_cast<size_t>(packet.sender);
  std::memcpy(&details.macAddress[1 - sender], packet.macAddresses, sizeof(MacAddress));
  std::memcpy(&details.macAddress[sender], packet.macAddresses + sizeof(MacAddress),
              sizeof(MacAddress));
}

void startFlow(FlowEntry& entry, const DecodedPacket& packet) {
  const uint32_t next = entry.nextInWheel;
  const uint32_t previous = entry.previousInWheel;
  entry = FlowEntry{};
  entry.nextInWheel = next;
  entry.previousInWheel = previous;
  entry.key = packet.key;
  entry.recordStartNs = packet.timestampNs;
  entry.lastNs = packet.timestampNs;
  entry.initiator = initiatorOf(packet);
}

/// The first packet of a direction since the last record.
void noteDirection(FlowDetails& details, const DecodedPacket& packet) {
  const auto sender = static_cast<size_t>(packet.sender);
  details.icmpTypeCode[sender] = packet.icmpTypeCode;
  details.ipClassOfService[sender] = packet.ipClassOfService;
  details.ipTimeToLive[sender] = packet.ipTimeToLive;
}

/// A SYN on a connection that is closing, sleeps, or was never seen to begin: then what was there
/// are late segments of an older one.
bool opensAnew(const FlowEntry& entry, const DecodedPacket& packet) {
  if ((packet.tcpFlags & (TCP_SYN | TCP_ACK)) != TCP_SYN) return false;
  return entry.connection != OPENED || entry.dormant != 0;
}

}  // namespace

FlowTable::FlowTable(const FlowTableOptions& options, const FlowHash::Seed& seed)
    : options_(options),
      hash_(seed),
      pool_(options.maximumFlows),
      index_(options.maximumFlows),
      wheel_(pool_,
             std::max({options.idleTimeoutNs, options.activeTimeoutNs, options.dormantTimeoutNs})) {
}

void FlowTable::setTimeouts(const FlowTimeouts& timeouts) {
  options_.idleTimeoutNs = timeouts.idleNs;
  options_.activeTimeoutNs = timeouts.activeNs;
}

uint32_t FlowTable::find(const DecodedPacket& packet, uint32_t hash, uint32_t likely) {
  const auto isFlow = [&](uint32_t candidate) { return pool_[candidate].key == packet.key; };
  if (likely != FlowEntry::NO_INDEX && isFlow(likely)) return likely;
  return index_.find(hash, isFlow);
}

FlowEntry& FlowTable::update(const DecodedPacket& packet, uint32_t hash, uint32_t likely,
                             FlowSink& sink) {
  uint32_t index = find(packet, hash, likely);
  if (index == FlowEntry::NO_INDEX) {
    index = create(packet, hash, sink);
  } else {
    FlowEntry& entry = pool_[index];
    const bool slept = entry.dormant != 0;
    entry.hadPackets = 1;
    bool over = endIfDue(entry, packet.timestampNs, sink);
    if (!over && isLongBefore(entry, packet)) {
      end(entry, EndReason::IDLE_TIMEOUT, sink);
      over = true;
    }
    if (!over && opensAnew(entry, packet)) {
      end(entry, EndReason::END_OF_FLOW, sink);
      over = true;
    }
    if (slept) wake(index, packet.timestampNs);
    if (over) start(index, packet);
    // Closed is not silent: where an RST was ignored, segments still come.
    if (isClosed(entry) && isActiveDue(entry, packet.timestampNs)) exportNow(entry, sink);
  }
  FlowEntry& entry = pool_[index];
  if (entry.packets[static_cast<size_t>(packet.sender)] > UINT32_MAX - weight_)
    exportNow(entry, sink);
  count(entry, packet);
  return entry;
}

uint32_t FlowTable::create(const DecodedPacket& packet, uint32_t hash, FlowSink& sink) {
  uint32_t index = pool_.allocate();
  if (index == FlowEntry::NO_INDEX) {
    evictOne(sink);
    index = pool_.allocate();
  }
  start(index, packet);
  index_.insert(hash, index);
  wheel_.schedule(index, deadline(pool_[index]).atNs);
  return index;
}

void FlowTable::start(uint32_t index, const DecodedPacket& packet) {
  startFlow(pool_[index], packet);
  FlowDetails& details = pool_.details(index);
  details = FlowDetails{};
  details.interfaceIndex = packet.interfaceIndex;
  details.serial = static_cast<uint32_t>(counters_.flows++);
  noteMacAddresses(details, packet);
}

void FlowTable::count(FlowEntry& entry, const DecodedPacket& packet) {
  constexpr int64_t NS_A_MS = 1'000'000;
  const auto sender = static_cast<size_t>(packet.sender);
  const auto nowMs = static_cast<uint32_t>(packet.timestampNs / NS_A_MS);
  entry.dormant = 0;
  if (!hasCounters(entry)) {
    entry.recordStartNs = packet.timestampNs;
  } else {
    entry.recordStartNs = std::min(entry.recordStartNs, packet.timestampNs);
  }
  entry.lastNs = std::max(entry.lastNs, packet.timestampNs);
  const bool isFirst = entry.packets[sender] == 0;
  entry.packets[sender] += weight_;
  if (isFirst) {
    entry.firstMs[sender] = entry.lastMs[sender] = nowMs;
    noteDirection(pool_.details(pool_.indexOf(entry)), packet);
  } else if (static_cast<int32_t>(nowMs - entry.lastMs[sender]) > 0) {
    entry.lastMs[sender] = nowMs;
  } else if (static_cast<int32_t>(nowMs - entry.firstMs[sender]) < 0) {
    entry.firstMs[sender] = nowMs;
  }
  entry.octets[sender] += uint64_t{packet.octets} * weight_;
  if (packet.key.tunnel != Tunnel::NONE || packet.mplsTopLabel != DecodedPacket::NO_LABEL)
    countOverlay(pool_.indexOf(entry), packet);
  if (packet.tcpFlags != 0) noteTcp(entry, packet);
}

void FlowTable::countOverlay(uint32_t index, const DecodedPacket& packet) {
  const auto sender = static_cast<size_t>(packet.sender);
  FlowOverlay& overlay = pool_.overlay(index);
  if (!std::exchange(pool_.details(index).hasOverlay, true)) overlay = FlowOverlay{};
  overlay.outerOctets[sender] += uint64_t{packet.outerOctets} * weight_;
  if (packet.mplsTopLabel != DecodedPacket::NO_LABEL)
    overlay.mplsTopLabel[sender] = packet.mplsTopLabel;
}

void FlowTable::noteTcp(FlowEntry& entry, const DecodedPacket& packet) {
  const auto sender = static_cast<size_t>(packet.sender);
  entry.tcpFlags[sender] |= packet.tcpFlags;
  constexpr uint16_t TELLING = TCP_SYN | TCP_FIN | TCP_RST;
  if ((packet.tcpFlags & TELLING) == 0 && (entry.connection & RST_SEEN[sender]) == 0) return;
  const bool wasClosed = isClosed(entry);
  if ((packet.tcpFlags & TCP_SYN) != 0) entry.connection |= OPENED;
  if ((packet.tcpFlags & TCP_FIN) != 0) entry.connection |= FIN_SEEN[sender];
  if ((packet.tcpFlags & TCP_RST) != 0) {
    entry.connection |= RST_SEEN[sender];
  } else {
    // Who has reset a connection does not go on with it: the RST was forged.
    entry.connection &= static_cast<uint8_t>(~RST_SEEN[sender]);
  }
  if (!isClosed(entry) || wasClosed) return;
  const uint32_t index = pool_.indexOf(entry);
  wheel_.remove(index);
  wheel_.schedule(index, deadline(entry).atNs);
}

FlowTable::Deadline FlowTable::deadline(const FlowEntry& entry) const {
  if (entry.dormant != 0) {
    return {entry.lastNs + std::max(options_.dormantTimeoutNs, options_.idleTimeoutNs),
            EndReason::IDLE_TIMEOUT};
  }
  // The last record of a closed connection says that it was closed.
  if (isClosed(entry)) return {quietAtNs(entry), EndReason::END_OF_FLOW};
  if (isActiveDue(entry, quietAtNs(entry) - 1))
    return {activeAtNs(entry), EndReason::ACTIVE_TIMEOUT};
  return {quietAtNs(entry), EndReason::IDLE_TIMEOUT};
}

bool FlowTable::isActiveDue(const FlowEntry& entry, int64_t nowNs) const {
  return hasCounters(entry) && activeAtNs(entry) <= nowNs;
}

/// When the flow is over unless a packet comes.
int64_t FlowTable::quietAtNs(const FlowEntry& entry) const {
  const int64_t idleNs = options_.idleTimeoutNs;
  return entry.lastNs + (isClosed(entry) ? std::min(options_.closedLingerNs, idleNs) : idleNs);
}

/// The idle timeout holds in both directions of time: captures are appended to each other, and live
/// clocks are set back.
bool FlowTable::isLongBefore(const FlowEntry& entry, const DecodedPacket& packet) const {
  const int64_t earliestNs = hasCounters(entry) ? entry.recordStartNs : entry.lastNs;
  return packet.timestampNs + options_.idleTimeoutNs <= earliestNs;
}

bool FlowTable::maySleep(const FlowEntry& entry) const {
  constexpr uint8_t PROTOCOL_TCP = 6;
  return entry.dormant == 0 && entry.key.protocol == PROTOCOL_TCP && entry.application != 0 &&
         (entry.connection & BOTH_FINS) != BOTH_FINS;
}

void FlowTable::wake(uint32_t index, int64_t nowNs) {
  wheel_.remove(index);
  wheel_.schedule(index, nowNs + quietAtNs(pool_[index]) - pool_[index].lastNs);
}

void FlowTable::endSleepers(int64_t nowNs, FlowSink& sink) {
  for (uint32_t index = wheel_.oldestSleeper(); index != FlowEntry::NO_INDEX;
       index = wheel_.oldestSleeper()) {
    FlowEntry& entry = pool_[index];
    if (!endIfDue(entry, nowNs, sink)) return;
    wheel_.remove(index);
    remove(index, hash_(entry.key));
  }
}

void FlowTable::clearCounters(FlowEntry& entry) {
  for (size_t sender = 0; sender < 2; ++sender) {
    entry.octets[sender] = 0;
    entry.packets[sender] = 0;
    entry.tcpFlags[sender] = 0;
  }
  if (entry.key.tunnel == Tunnel::NONE) return;
  for (uint64_t& octets : pool_.overlay(pool_.indexOf(entry)).outerOctets) octets = 0;
}

FlowRecord FlowTable::recordOf(const FlowEntry& entry, EndReason reason) {
  const uint32_t index = pool_.indexOf(entry);
  const FlowDetails& details = pool_.details(index);
  return makeFlowRecord(
      {entry, details, details.hasOverlay ? &pool_.overlay(index) : nullptr, index}, reason);
}

/// Gives the records that were due up to `nowNs`; true when the flow itself is over.
bool FlowTable::endIfDue(FlowEntry& entry, int64_t nowNs, FlowSink& sink) {
  for (Deadline due = deadline(entry); due.atNs <= nowNs; due = deadline(entry)) {
    const bool isQuiet = due.reason != EndReason::ACTIVE_TIMEOUT;
    if (isQuiet && maySleep(entry)) {
      entry.dormant = 1;
    } else if (isQuiet) {
      end(entry, due.reason, sink);
      return true;
    }
    if (hasCounters(entry)) sink.record(entry, due.reason);
    clearCounters(entry);
  }
  return false;
}

void FlowTable::end(FlowEntry& entry, EndReason reason, FlowSink& sink) {
  if (hasCounters(entry)) sink.record(entry, reason);
  sink.ended(entry);
  clearCounters(entry);
}

void FlowTable::remove(uint32_t index, uint32_t hash) {
  index_.erase(hash, index);
  pool_.free(index);
}

void FlowTable::advance(int64_t nowNs, FlowSink& sink) {
  std::array<uint32_t, DUE_BATCH> due;
  std::array<uint32_t, DUE_BATCH> hashes;
  for (size_t taken = 0; taken < DUE_AT_ONCE; taken += DUE_BATCH) {
    const size_t count = wheel_.takeDue(nowNs, due);
    if (count == 0) break;
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = hash_(pool_[due[i]].key);
      index_.prefetch(hashes[i]);
    }
    for (size_t i = 0; i < count; ++i) settleDue(due[i], hashes[i], nowNs, sink);
  }
  endSleepers(nowNs, sink);
}

void FlowTable::settleDue(uint32_t index, uint32_t hash, int64_t nowNs, FlowSink& sink) {
  FlowEntry& entry = pool_[index];
  if (endIfDue(entry, nowNs, sink)) {
    remove(index, hash);
  } else if (entry.dormant != 0) {
    wheel_.sleep(index);
  } else {
    wheel_.schedule(index, deadline(entry).atNs);
  }
}

void FlowTable::exportNow(FlowEntry& entry, FlowSink& sink) {
  if (!hasCounters(entry)) return;
  sink.record(entry, EndReason::ACTIVE_TIMEOUT);
  clearCounters(entry);
}

/// A flow that has had packets since it was last considered gets a second chance (CLOCK), so that a
/// flood of new flows ends its own flows before others.
void FlowTable::evictOne(FlowSink& sink) {
  uint32_t index = wheel_.takeEarliest();
  for (int chances = 0; chances < EVICTION_CHANCES && pool_[index].hadPackets != 0; ++chances) {
    pool_[index].hadPackets = 0;
    wheel_.schedule(index, quietAtNs(pool_[index]));
    index = wheel_.takeEarliest();
  }
  FlowEntry& entry = pool_[index];
  if (hasCounters(entry)) ++counters_.evictedFlows;
  end(entry, EndReason::LACK_OF_RESOURCES, sink);
  remove(index, hash_(entry.key));
}

void FlowTable::flush(int64_t nowNs, FlowSink& sink) {
  for (uint32_t index = wheel_.takeEarliest(); index != FlowEntry::NO_INDEX;
       index = wheel_.takeEarliest()) {
    FlowEntry& entry = pool_[index];
    if (!endIfDue(entry, nowNs, sink)) end(entry, EndReason::FORCED_END, sink);
  }
  index_.clear();
  pool_.clear();
}

}  // namespace weir
