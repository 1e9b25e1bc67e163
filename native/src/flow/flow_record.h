// SPDX-License-Identifier: Apache-2.0
// What the flow stage hands on: one biflow record, seen from its initiator.
#pragma once

#include <cstdint>

#include "flow/flow_entry.h"
#include "flow/flow_label.h"

namespace weir {

/// One direction of a record; `packets` 0 means that nothing was seen in it since the last record.
struct DirectionRecord {
  const IpAddress* sourceAddress = nullptr;  ///< borrowed from the flow's key
  const IpAddress* destinationAddress = nullptr;
  const MacAddress* sourceMac = nullptr;  ///< null where the link layer has none
  const MacAddress* destinationMac = nullptr;
  uint64_t octets = 0;
  uint64_t packets = 0;
  uint64_t outerOctets = 0;  ///< as DecodedPacket::outerOctets
  int64_t startMs = 0;       ///< first and last packet of this direction, since the epoch
  int64_t endMs = 0;
  uint32_t mplsTopLabel = 0;  ///< DecodedPacket::NO_LABEL where there was none
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;  ///< ICMP: type * 256 + code
  uint16_t tcpFlags = 0;         ///< 9 bits
  uint16_t icmpTypeCode = 0;     ///< type * 256 + code, else 0
  uint8_t ipClassOfService = 0;
  uint8_t ipTimeToLive = 0;
};

/// Borrows from a FlowEntry: valid while the flow table holds still.
struct FlowRecord {
  DirectionRecord forward;  ///< from the initiator
  DirectionRecord reverse;
  int64_t startNs = 0;  ///< first and last packet of the record, both directions
  int64_t endNs = 0;
  uint64_t flowId = 0;  ///< the same in all records of a flow, no other flow's in this lane
  uint32_t application = 0;
  const FlowLabel* label = nullptr;  ///< borrowed; null without a name
  uint32_t interfaceIndex = 0;
  uint32_t segmentId = 0;
  uint16_t vlanId = 0;
  uint16_t customerVlanId = 0;
  uint8_t protocol = 0;
  uint8_t ipVersion = 0;
  Tunnel tunnel = Tunnel::NONE;
  Tunnel segmentTunnel = Tunnel::NONE;  ///< as FlowKey::segmentTunnel
  bool insidePppoe = false;
  bool missedStart = false;  ///< TCP: neither side's SYN was seen
  EndReason endReason = EndReason::IDLE_TIMEOUT;
};

/// What a record is made of.
struct FlowView {
  const FlowEntry& entry;
  const FlowDetails& details;
  const FlowOverlay* overlay;  ///< null when the flow has none
  uint32_t index;              ///< of the entry in its pool
};

FlowRecord makeFlowRecord(const FlowView& flow, EndReason reason);

}  // namespace weir
