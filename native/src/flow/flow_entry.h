// SPDX-License-Identifier: Apache-2.0
// One live biflow: two cache lines in the flow table's pool, nothing allocated per packet.
#pragma once

#include <cstdint>

#include "decode/decoded_packet.h"

namespace weir {

/// Counters of one direction since the last exported record.
struct DirectionCounters {
  uint64_t octets = 0;
  uint64_t packets = 0;
};

/// flowEndReason (IPFIX element 136, RFC 5102 5.11.3).
enum class EndReason : uint8_t {
  IDLE_TIMEOUT = 1,
  ACTIVE_TIMEOUT = 2,
  END_OF_FLOW = 3,
  FORCED_END = 4,
  LACK_OF_RESOURCES = 5,
};

/// What classification knows of a flow. UNDECIDED: more payload may tell ("no match yet");
/// DECIDED: `application` is final, 0 meaning "no match".
enum class ClassificationState : uint8_t { NEW = 0, UNDECIDED, DECIDED };

struct alignas(64) FlowEntry {
  static constexpr uint32_t NO_INDEX = UINT32_MAX;

  FlowKey key;
  DirectionCounters counters[2];       ///< by Sender
  int64_t recordStartNs = 0;           ///< first packet of the record being built
  int64_t lastNs = 0;                  ///< last packet of either direction
  uint16_t tcpFlags[2] = {0, 0};       ///< OR of all packets since the last record, by Sender
  uint32_t application = 0;            ///< selector of engine 6 (RFC 6759); 0 unknown
  uint32_t classifierSlot = NO_INDEX;  ///< undecided flows: their slot in the classifier's pool
  uint32_t nextInWheel = NO_INDEX;     ///< timer wheel links; the flow table's own
  uint32_t previousInWheel = NO_INDEX;
  uint32_t interfaceIndex = 0;
  uint16_t icmpTypeCode[2] = {0, 0};  ///< of the newest packet, by Sender
  uint8_t ipClassOfService[2] = {0, 0};
  Sender initiator = Sender::A;
  uint8_t closing = 0;  ///< bits: FIN seen from A (1), from B (2), RST (4)
  ClassificationState classification = ClassificationState::NEW;
  uint8_t dormant = 0;  ///< 1: idle TCP connection, kept for its name and initiator only
  uint8_t inspectAfterVerdict = 0;  ///< 1: a control channel whose payload announces other flows
};
static_assert(sizeof(FlowEntry) == 128, "two cache lines; see docs/architecture.md");

}  // namespace weir
