// SPDX-License-Identifier: Apache-2.0
// Which information elements fill which column.
#pragma once

#include <cstdint>
#include <span>

#include "collect/decode/field_steps.h"
#include "collect/decode/template.h"

namespace weir::collect {

/// Where a field goes. Of several fields of a template for one target the highest rank counts.
enum class Target : uint8_t {
  OCTETS,
  PACKETS,
  START,
  END,
  SOURCE,
  DESTINATION,
  NEXT_HOP,
  SOURCE_PORT,
  DESTINATION_PORT,
  PROTOCOL,
  VLAN,
  INGRESS,
  EGRESS,
  CLASS_OF_SERVICE,
  TCP_BITS,
  ICMP,
  /// Parts that add up; they count when no field has both.
  ICMP_TYPE,
  ICMP_CODE,
  END_REASON,
  DIRECTION,
  SOURCE_AS,
  DESTINATION_AS,
  APPLICATION_ID,
  COMMON_PROPERTIES,
  APPLICATION_NAME,
  SERVER_NAME,
  SAMPLING_INTERVAL,
  PACKET_INTERVAL,
  PACKET_SPACE,
  SAMPLER,
  START_UPTIME,
  END_UPTIME,
  SYSTEM_INIT,
  DURATION,
  COUNT
};

enum class FlowSide : uint8_t { FORWARD, REVERSE };

struct ElementRule {
  uint16_t element;
  Target target;
  uint8_t rank;
  StepFactory factory;
};

/// The rule of a field, or nullptr when it fills no column.
const ElementRule* ruleOf(const FieldSpec& field);

/// What a field is for the reverse direction: RFC 5103's elements, and the responder's counters.
FlowSide sideOf(const FieldSpec& field);

}  // namespace weir::collect
