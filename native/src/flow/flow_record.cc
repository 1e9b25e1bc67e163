// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_record.h"

namespace weir {

namespace {

constexpr uint8_t PROTOCOL_ICMP = 1;
constexpr uint8_t PROTOCOL_ICMPV6 = 58;

DirectionRecord makeDirection(const FlowEntry& entry, Sender sender) {
  const bool fromA = sender == Sender::A;
  const FlowKey& key = entry.key;
  const auto index = static_cast<size_t>(sender);
  DirectionRecord direction;
  direction.sourceAddress = fromA ? &key.addressA : &key.addressB;
  direction.destinationAddress = fromA ? &key.addressB : &key.addressA;
  direction.sourcePort = fromA ? key.portA : key.portB;
  direction.destinationPort = fromA ? key.portB : key.portA;
  direction.octets = entry.counters[index].octets;
  direction.packets = entry.counters[index].packets;
  direction.tcpFlags = entry.tcpFlags[index];
  direction.ipClassOfService = entry.ipClassOfService[index];
  return direction;
}

// NetFlow has no ICMP fields in v5: collectors look for type * 256 + code in the destination port.
void putIcmpIntoPorts(DirectionRecord& direction, uint16_t typeCode) {
  direction.sourcePort = 0;
  direction.destinationPort = typeCode;
}

}  // namespace

FlowRecord makeFlowRecord(const FlowEntry& entry, EndReason reason) {
  const Sender responder = entry.initiator == Sender::A ? Sender::B : Sender::A;
  FlowRecord record;
  record.forward = makeDirection(entry, entry.initiator);
  record.reverse = makeDirection(entry, responder);
  record.startNs = entry.recordStartNs;
  record.endNs = entry.lastNs;
  record.application = entry.application;
  record.interfaceIndex = entry.interfaceIndex;
  record.vlanId = entry.key.vlanId;
  record.protocol = entry.key.protocol;
  record.ipVersion = entry.key.ipVersion;
  record.endReason = reason;
  if (record.protocol == PROTOCOL_ICMP || record.protocol == PROTOCOL_ICMPV6) {
    record.icmpTypeCode = entry.icmpTypeCode[static_cast<size_t>(entry.initiator)];
    putIcmpIntoPorts(record.forward, record.icmpTypeCode);
    putIcmpIntoPorts(record.reverse, entry.icmpTypeCode[static_cast<size_t>(responder)]);
  }
  return record;
}

}  // namespace weir
