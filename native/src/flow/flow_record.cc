// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_record.h"

namespace weir {

namespace {

constexpr uint8_t PROTOCOL_ICMP = 1;
constexpr uint8_t PROTOCOL_ICMPV6 = 58;
constexpr int64_t NS_A_MS = 1'000'000;

/// The entry keeps the low half of milliseconds, none of which lies before the record's start.
int64_t wholeMs(const FlowEntry& entry, uint32_t lowMs) {
  const int64_t startMs = entry.recordStartNs / NS_A_MS;
  return startMs + static_cast<uint32_t>(lowMs - static_cast<uint32_t>(startMs));
}

void putEndpoints(const FlowView& flow, Sender sender, DirectionRecord& direction) {
  const FlowKey& key = flow.entry.key;
  const bool fromA = sender == Sender::A;
  direction.sourceAddress = fromA ? &key.addressA : &key.addressB;
  direction.destinationAddress = fromA ? &key.addressB : &key.addressA;
  direction.sourcePort = fromA ? key.portA : key.portB;
  direction.destinationPort = fromA ? key.portB : key.portA;
  if (!flow.details.hasMacAddresses) return;
  direction.sourceMac = &flow.details.macAddress[fromA ? 0 : 1];
  direction.destinationMac = &flow.details.macAddress[fromA ? 1 : 0];
}

// NetFlow has no ICMP fields in v5: collectors look for type * 256 + code in the destination port.
void putIcmpIntoPorts(DirectionRecord& direction) {
  direction.sourcePort = 0;
  direction.destinationPort = direction.icmpTypeCode;
}

DirectionRecord makeDirection(const FlowView& flow, Sender sender) {
  const FlowEntry& entry = flow.entry;
  const auto index = static_cast<size_t>(sender);
  DirectionRecord direction;
  putEndpoints(flow, sender, direction);
  direction.octets = entry.octets[index];
  direction.packets = entry.packets[index];
  direction.outerOctets = direction.octets;
  if (direction.packets != 0) {
    direction.startMs = wholeMs(entry, entry.firstMs[index]);
    direction.endMs = wholeMs(entry, entry.lastMs[index]);
  }
  direction.tcpFlags = entry.tcpFlags[index];
  direction.icmpTypeCode = flow.details.icmpTypeCode[index];
  direction.ipClassOfService = flow.details.ipClassOfService[index];
  direction.ipTimeToLive = flow.details.ipTimeToLive[index];
  if (flow.overlay != nullptr) {
    direction.mplsTopLabel = flow.overlay->mplsTopLabel[index];
    if (entry.key.tunnel != Tunnel::NONE) direction.outerOctets = flow.overlay->outerOctets[index];
  }
  if (entry.key.protocol == PROTOCOL_ICMP || entry.key.protocol == PROTOCOL_ICMPV6)
    putIcmpIntoPorts(direction);
  return direction;
}

}  // namespace

FlowRecord makeFlowRecord(const FlowView& flow, EndReason reason) {
  const FlowEntry& entry = flow.entry;
  const Sender responder = entry.initiator == Sender::A ? Sender::B : Sender::A;
  FlowRecord record;
  record.forward = makeDirection(flow, entry.initiator);
  record.reverse = makeDirection(flow, responder);
  record.startNs = entry.recordStartNs;
  record.endNs = entry.lastNs;
  record.flowId = uint64_t{flow.details.serial} << 32U | flow.index;
  record.application = entry.application;
  record.interfaceIndex = flow.details.interfaceIndex;
  record.segmentId = entry.key.segmentId;
  record.vlanId = entry.key.vlanId;
  record.customerVlanId = entry.key.customerVlanId;
  record.protocol = entry.key.protocol;
  record.ipVersion = entry.key.ipVersion;
  record.tunnel = entry.key.tunnel;
  record.segmentTunnel = entry.key.segmentTunnel;
  record.insidePppoe = flow.details.insidePppoe;
  constexpr uint8_t PROTOCOL_TCP = 6;
  record.missedStart =
      entry.key.protocol == PROTOCOL_TCP && (entry.connection & FlowEntry::OPENED) == 0;
  record.endReason = reason;
  return record;
}

}  // namespace weir
