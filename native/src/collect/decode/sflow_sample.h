// SPDX-License-Identifier: Apache-2.0
// A flow sample of sFlow v5 (sflow_version_5.txt, section 5): one packet, and what the agent knows
// of its way.
#pragma once

#include <optional>
#include <span>

#include "collect/decode/octet_cursor.h"
#include "collect/decode/sampled_packet.h"

namespace weir::collect {

struct FlowSample {
  uint32_t samplingRate = 1;
  /// SNMP indexes; 0: unknown, discarded or many.
  uint32_t input = 0;
  uint32_t output = 0;
  /// Nothing when no record of it tells the packet.
  std::optional<SampledPacket> packet;
  Address nextHop{};
  uint32_t sourceAs = 0;
  uint32_t destinationAs = 0;
  /// extended_switch; 0: not told.
  uint16_t vlanId = 0;
};

enum class SampleForm : uint8_t { COMPACT, EXPANDED };

/// Nothing when the sample ends too early.
std::optional<FlowSample> readFlowSample(SampleForm form, std::span<const uint8_t> octets);

}  // namespace weir::collect
