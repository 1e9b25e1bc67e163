// SPDX-License-Identifier: Apache-2.0
// One live biflow: two cache lines that every packet touches, and beside them what is written once
// a record. Nothing is allocated per packet.
#pragma once

#include <array>
#include <cstdint>

#include "decode/decoded_packet.h"

namespace weir {

/// flowEndReason (IPFIX element 136, RFC 5102 5.11.3).
enum class EndReason : uint8_t {
  IDLE_TIMEOUT = 1,
  ACTIVE_TIMEOUT = 2,
  END_OF_FLOW = 3,
  FORCED_END = 4,
  LACK_OF_RESOURCES = 5,
};

/// What classification knows of a flow. UNDECIDED: more payload may tell ("no match yet");
/// SCANNING: likewise, and octets of it are in the matcher; DECIDED: `application` is final, 0
/// meaning "no match".
enum class ClassificationState : uint8_t { NEW = 0, UNDECIDED, SCANNING, DECIDED };

/// Arrays are by Sender. The counters, times and flags are those since the last record.
struct alignas(64) FlowEntry {
  static constexpr uint32_t NO_INDEX = UINT32_MAX;
  static constexpr uint8_t OPENED = 1;  ///< of `connection`: a SYN was seen

  FlowKey key;
  uint32_t nextInWheel = NO_INDEX;  ///< timer wheel links; the flow table's own
  uint32_t previousInWheel = NO_INDEX;
  int64_t lastNs = 0;  ///< last packet of either direction

  int64_t recordStartNs = 0;      ///< first packet of the record being built
  uint64_t octets[2] = {0, 0};    ///< as DecodedPacket::octets
  uint32_t packets[2] = {0, 0};   ///< a record leaves before they could wrap
  uint32_t firstMs[2] = {0, 0};   ///< low half of milliseconds since the epoch
  uint32_t lastMs[2] = {0, 0};    ///< likewise
  uint16_t tcpFlags[2] = {0, 0};  ///< OR of all packets
  uint32_t application = 0;       ///< selector of engine 6 (RFC 6759); 0 unknown
  uint32_t classifierState = 0;   ///< the classifier's own; see classify/flow_watch.h
  Sender initiator = Sender::A;
  uint8_t connection = 0;  ///< of TCP: what its SYN, FIN and RST have told; the table's own
  ClassificationState classification = ClassificationState::NEW;
  uint8_t dormant : 1 = 0;     ///< 1: idle TCP connection, kept for its name and initiator only
  uint8_t hadPackets : 1 = 0;  ///< 1: more than its first since eviction last considered it
  uint8_t inspectAfterVerdict : 1 = 0;  ///< 1: a control channel whose payload announces flows
  uint8_t announced : 2 = 0;  ///< AnnouncedRole of an undecided flow; the classifier's own
};
static_assert(sizeof(FlowEntry) == 128, "two cache lines; see docs/architecture.md");

using MacAddress = std::array<uint8_t, 6>;

/// What the first packet of a flow or of a direction tells. Two fit a cache line, which mid-flow
/// packets leave alone.
struct FlowDetails {
  MacAddress macAddress[2] = {};  ///< of the stations that sent for A and for B
  uint32_t interfaceIndex = 0;
  uint32_t serial = 0;                ///< of the flow in its lane
  uint16_t icmpTypeCode[2] = {0, 0};  ///< of the record's first packet of the direction
  uint8_t ipClassOfService[2] = {0, 0};
  uint8_t ipTimeToLive[2] = {0, 0};
  bool hasMacAddresses = false;
  bool insidePppoe = false;
  bool hasOverlay = false;  ///< FlowOverlay holds something
};
static_assert(sizeof(FlowDetails) == 32);

/// Only of flows in tunnels and label-switched paths; the others' stays untouched, so its pages are
/// never resident.
struct FlowOverlay {
  uint64_t outerOctets[2] = {0, 0};   ///< since the last record; as DecodedPacket::outerOctets
  uint32_t mplsTopLabel[2] = {0, 0};  ///< of the newest packet that had one
};

}  // namespace weir
