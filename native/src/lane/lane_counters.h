// SPDX-License-Identifier: Apache-2.0
// A lane's books. All members are 64-bit words, so that a lane can publish them word by word.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "capture/packet_source.h"
#include "classify/classifier.h"
#include "decode/decoded_packet.h"
#include "decode/tunnel.h"
#include "export/record_exporter.h"
#include "flow/flow_table.h"

namespace weir {

inline constexpr size_t MAXIMUM_EXPORTERS = 16;

struct PacketSum {
  uint64_t packets = 0;
  uint64_t octets = 0;
};

/// Once all flows have ended: captured + estimated = recorded + sum of exceptions + notSampled, in
/// packets and in octets.
struct LaneCounters {
  PacketSum captured;        ///< octets as in DecodedPacket::octets
  uint64_t frameOctets = 0;  ///< wire lengths of the captured frames
  std::array<PacketSum, static_cast<size_t>(Exception::COUNT)> exceptions{};
  uint64_t overheardPackets = 0;  ///< that other lanes count, and this one learned from
  PacketSum notSampled;           ///< octets are wire lengths: nobody looked at the headers
  /// What flows were given beyond the packets that were looked at: under overload each of them
  /// counts for `samplingFactor`, and the others are in notSampled.
  PacketSum estimated;
  PacketSum recorded;                            ///< sums over all biflow records
  std::array<uint64_t, 6> recordsByEndReason{};  ///< by flowEndReason 1 to 5
  FlowTableCounters table;
  uint64_t liveFlows = 0;
  uint64_t samplingInterval = 1;  ///< as configured, and as collectors are told
  uint64_t samplingFactor = 1;    ///< at this moment: under overload the interval is so much longer
  uint64_t overloadLevel = 0;     ///< at this moment; see OverloadGovernor
  uint64_t overloadChanges = 0;   ///< of the level, up and down
  CaptureCounters capture;
  TunnelCounters tunnels{};  ///< by TunnelOutcome
  ClassifierCounters classifier;
  uint64_t classifyNs = 0;  ///< of the lane's time, in the matcher and around it
  uint64_t cpuNs = 0;       ///< of the lane's thread
  uint64_t wallNs = 0;      ///< since the lane started
  std::array<ExporterCounters, MAXIMUM_EXPORTERS> exporters{};
};
static_assert(std::is_trivially_copyable_v<LaneCounters> && sizeof(LaneCounters) % 8 == 0);

}  // namespace weir
