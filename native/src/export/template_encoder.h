// SPDX-License-Identifier: Apache-2.0
// Encodes a flow record by a generated template: the layout is data (wire/templates.yaml), and the
// compiler unrolls it to straight stores.
#pragma once

#include <cstdint>
#include <utility>

#include "export/generated/templates.h"
#include "export/wire_writer.h"
#include "flow/flow_record.h"

namespace weir {

/// One direction of a record with what the exporter's clock makes of its times.
struct EncodedFlow {
  const FlowRecord& record;
  const DirectionRecord& direction;
  uint32_t startUpTimeMs;
  uint32_t endUpTimeMs;
};

/// Classification engine 6 (user-defined) in the first octet, the selector in three (RFC 6759 4.1).
constexpr uint32_t applicationId(uint32_t selector) { return (6U << 24U) | selector; }

/// Octets of one record of a template.
template <size_t N>
constexpr size_t recordBytes(const TemplateField (&fields)[N]) {
  size_t sum = 0;
  for (const TemplateField& field : fields) sum += field.lengthBytes;
  return sum;
}

inline void putInteger(WireWriter& out, uint64_t value, uint16_t lengthBytes) {
  switch (lengthBytes) {
    case 1:
      return out.put8(value);
    case 2:
      return out.put16(value);
    case 4:
      return out.put32(value);
    default:
      return out.put64(value);
  }
}

/// The elements that are integers.
template <uint16_t ELEMENT>
uint64_t integerValue(const EncodedFlow& flow) {
  if constexpr (ELEMENT == element::sourceTransportPort)
    return flow.direction.sourcePort;
  else if constexpr (ELEMENT == element::destinationTransportPort)
    return flow.direction.destinationPort;
  else if constexpr (ELEMENT == element::protocolIdentifier)
    return flow.record.protocol;
  else if constexpr (ELEMENT == element::ipClassOfService)
    return flow.direction.ipClassOfService;
  else if constexpr (ELEMENT == element::tcpControlBits)
    return flow.direction.tcpFlags;
  else if constexpr (ELEMENT == element::flowEndReason)
    return static_cast<uint64_t>(flow.record.endReason);
  else if constexpr (ELEMENT == element::octetDeltaCount)
    return flow.direction.octets;
  else if constexpr (ELEMENT == element::packetDeltaCount)
    return flow.direction.packets;
  else if constexpr (ELEMENT == element::flowStartSysUpTime)
    return flow.startUpTimeMs;
  else if constexpr (ELEMENT == element::flowEndSysUpTime)
    return flow.endUpTimeMs;
  else if constexpr (ELEMENT == element::ingressInterface)
    return flow.record.interfaceIndex;
  else if constexpr (ELEMENT == element::vlanId)
    return flow.record.vlanId;
  else if constexpr (ELEMENT == element::ipVersion)
    return flow.record.ipVersion;
  else if constexpr (ELEMENT == element::flowDirection || ELEMENT == element::egressInterface)
    return 0;  // ingress at the observation point; where it leaves, a mirror port cannot know
  else if constexpr (ELEMENT == element::applicationId)
    return applicationId(flow.record.application);
  else
    static_assert(ELEMENT == 0, "wire/templates.yaml names an element without a value here");
}

template <uint16_t ELEMENT, uint16_t LENGTH>
void encodeField(const EncodedFlow& flow, WireWriter& out) {
  if constexpr (ELEMENT == element::sourceIPv4Address)
    out.putOctets(flow.direction.sourceAddress->data() + 12, 4);
  else if constexpr (ELEMENT == element::destinationIPv4Address)
    out.putOctets(flow.direction.destinationAddress->data() + 12, 4);
  else if constexpr (ELEMENT == element::sourceIPv6Address)
    out.putOctets(flow.direction.sourceAddress->data(), 16);
  else if constexpr (ELEMENT == element::destinationIPv6Address)
    out.putOctets(flow.direction.destinationAddress->data(), 16);
  else
    putInteger(out, integerValue<ELEMENT>(flow), LENGTH);
}

template <const auto& FIELDS, size_t... INDEX>
void encodeFields(const EncodedFlow& flow, WireWriter& out, std::index_sequence<INDEX...>) {
  (encodeField<FIELDS[INDEX].element, FIELDS[INDEX].lengthBytes>(flow, out), ...);
}

/// Writes all fields of the template `FIELDS`, `recordBytes(FIELDS)` octets.
template <const auto& FIELDS>
void encodeRecord(const EncodedFlow& flow, WireWriter& out) {
  encodeFields<FIELDS>(flow, out, std::make_index_sequence<std::size(FIELDS)>{});
}

}  // namespace weir
