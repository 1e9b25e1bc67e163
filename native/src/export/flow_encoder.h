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

/// What a record on the wire is made of. `source` is the direction from the record's source to its
/// destination; `reverse` the other one, read by templates of biflows only.
struct EncodedFlow {
  const FlowRecord& record;
  const DirectionRecord& source;
  const DirectionRecord& reverse;
  int64_t bootMs;   ///< sysUpTime counts from here
  uint16_t naming;  ///< commonPropertiesId: TemplateExporter::namingOf
};

/// Classification engine 6 (user-defined) in the first octet, the selector in three (RFC 6759 4.1).
constexpr uint32_t applicationId(uint32_t selector) { return (6U << 24U) | selector; }

/// biflowDirection (RFC 5103 6.1): which end of the record was seen to begin.
enum class BiflowDirection : uint8_t { INITIATOR = 1, REVERSE_INITIATOR = 2 };

/// layer2SegmentId: the kind in the first octet of eight. IANA has none for GENEVE.
constexpr uint64_t layer2SegmentId(const FlowRecord& record) {
  constexpr uint64_t VXLAN = 0x01;
  constexpr uint64_t NVGRE = 0x02;
  uint64_t kind = 0;
  if (record.segmentTunnel == Tunnel::VXLAN) kind = VXLAN;
  if (record.segmentTunnel == Tunnel::GRE) kind = NVGRE;
  return kind << 56U | record.segmentId;
}

/// What carries the flow's packets: labels where there are any, then PPPoE, else their own type. In
/// a tunnel that is the inner packet's, as all that a flow is known by.
inline uint16_t ethernetType(const FlowRecord& record, const DirectionRecord& direction) {
  constexpr uint16_t IPV4 = 0x0800;
  constexpr uint16_t IPV6 = 0x86dd;
  constexpr uint16_t MPLS = 0x8847;
  constexpr uint16_t PPPOE_SESSION = 0x8864;
  if (direction.mplsTopLabel != DecodedPacket::NO_LABEL) return MPLS;
  if (record.insidePppoe) return PPPOE_SESSION;
  return record.ipVersion == 4 ? IPV4 : IPV6;
}

/// The elements that are integers.
template <TemplateField FIELD>
uint64_t integerValue(const EncodedFlow& flow, const DirectionRecord& direction) {
  constexpr uint16_t ELEMENT = FIELD.element;
  if constexpr (ELEMENT == element::sourceTransportPort)
    return direction.sourcePort;
  else if constexpr (ELEMENT == element::destinationTransportPort)
    return direction.destinationPort;
  else if constexpr (ELEMENT == element::icmpTypeCodeIPv4 || ELEMENT == element::icmpTypeCodeIPv6)
    return direction.icmpTypeCode;
  else if constexpr (ELEMENT == element::protocolIdentifier)
    return flow.record.protocol;
  else if constexpr (ELEMENT == element::ipClassOfService)
    return direction.ipClassOfService;
  else if constexpr (ELEMENT == element::ipTTL)
    return direction.ipTimeToLive;
  else if constexpr (ELEMENT == element::tcpControlBits)
    return direction.tcpFlags;
  else if constexpr (ELEMENT == element::flowEndReason)
    return static_cast<uint64_t>(flow.record.endReason);
  else if constexpr (ELEMENT == element::octetDeltaCount)
    return direction.octets;
  else if constexpr (ELEMENT == element::packetDeltaCount)
    return direction.packets;
  else if constexpr (ELEMENT == element::flowStartSysUpTime)
    return static_cast<uint64_t>(direction.startMs - flow.bootMs);
  else if constexpr (ELEMENT == element::flowEndSysUpTime)
    return static_cast<uint64_t>(direction.endMs - flow.bootMs);
  else if constexpr (ELEMENT == element::flowStartMilliseconds)
    return static_cast<uint64_t>(direction.startMs);
  else if constexpr (ELEMENT == element::flowEndMilliseconds)
    return static_cast<uint64_t>(direction.endMs);
  else if constexpr (ELEMENT == element::ingressInterface)
    return flow.record.interfaceIndex;
  else if constexpr (ELEMENT == element::vlanId || ELEMENT == element::dot1qVlanId)
    return flow.record.vlanId;
  else if constexpr (ELEMENT == element::dot1qCustomerVlanId)
    return flow.record.customerVlanId;
  else if constexpr (ELEMENT == element::ethernetType)
    return ethernetType(flow.record, direction);
  else if constexpr (ELEMENT == element::mplsTopLabelStackSection)
    return direction.mplsTopLabel;
  else if constexpr (ELEMENT == element::layer2SegmentId)
    return layer2SegmentId(flow.record);
  else if constexpr (ELEMENT == element::ipVersion)
    return flow.record.ipVersion;
  else if constexpr (ELEMENT == element::flowDirection || ELEMENT == element::egressInterface)
    return 0;  // ingress at the observation point; where it leaves, a mirror port cannot know
  else if constexpr (ELEMENT == element::biflowDirection)
    return static_cast<uint64_t>(&direction == &flow.record.forward
                                     ? BiflowDirection::INITIATOR
                                     : BiflowDirection::REVERSE_INITIATOR);
  else if constexpr (ELEMENT == element::applicationId)
    return applicationId(flow.record.application);
  else if constexpr (ELEMENT == element::commonPropertiesId)
    return flow.naming;
  else if constexpr (ELEMENT == element::flowId)
    return flow.record.flowId;
  else
    static_assert(ELEMENT == 0, "wire/templates.yaml names an element without a value here");
}

template <TemplateField FIELD>
uint64_t privateValue(const EncodedFlow& flow) {
  if constexpr (FIELD.element == private_element::outerOctetDeltaCount)
    return flow.source.outerOctets;
  else if constexpr (FIELD.element == private_element::reverseOuterOctetDeltaCount)
    return flow.reverse.outerOctets;
  else if constexpr (FIELD.element == private_element::tunnelKind)
    return static_cast<uint64_t>(flow.record.tunnel);
  else
    static_assert(FIELD.element == 0, "wire/templates.yaml names an element without a value here");
}

/// The zero address stands for "none": links without MAC addresses.
inline void storeMac(uint8_t* to, const MacAddress* address) {
  static constexpr MacAddress NONE{};
  std::memcpy(to, address == nullptr ? NONE.data() : address->data(), sizeof NONE);
}

constexpr bool isAddress(uint16_t number) {
  using namespace element;
  return number == sourceIPv4Address || number == destinationIPv4Address ||
         number == sourceIPv6Address || number == destinationIPv6Address ||
         number == sourceMacAddress || number == destinationMacAddress;
}

/// IPv4 addresses are the last octets of mapped ones.
template <TemplateField FIELD>
void storeAddress(const DirectionRecord& direction, uint8_t* to) {
  constexpr size_t SKIPPED = sizeof(IpAddress) - FIELD.lengthBytes;
  if constexpr (FIELD.element == element::sourceMacAddress)
    storeMac(to, direction.sourceMac);
  else if constexpr (FIELD.element == element::destinationMacAddress)
    storeMac(to, direction.destinationMac);
  else if constexpr (FIELD.element == element::sourceIPv4Address ||
                     FIELD.element == element::sourceIPv6Address)
    std::memcpy(to, direction.sourceAddress->data() + SKIPPED, FIELD.lengthBytes);
  else
    std::memcpy(to, direction.destinationAddress->data() + SKIPPED, FIELD.lengthBytes);
}

template <TemplateField FIELD>
void encodeField(const EncodedFlow& flow, uint8_t* to) {
  static_assert(FIELD.lengthBytes != VARIABLE_LENGTH, "records of flows have a fixed size");
  const DirectionRecord& direction =
      FIELD.space == ElementSpace::REVERSE ? flow.reverse : flow.source;
  if constexpr (FIELD.space == ElementSpace::PRIVATE)
    storeBe<FIELD.lengthBytes>(to, privateValue<FIELD>(flow));
  else if constexpr (isAddress(FIELD.element))
    storeAddress<FIELD>(direction, to);
  else
    storeBe<FIELD.lengthBytes>(to, integerValue<FIELD>(flow, direction));
}

template <const auto& TEMPLATE, size_t... INDEX>
void encodeFields(const EncodedFlow& flow, uint8_t* to, std::index_sequence<INDEX...> /*all*/) {
  (encodeField<TEMPLATE.fields[INDEX]>(flow, to + TEMPLATE.recordBytes(INDEX)), ...);
}

/// How records of one template are written.
struct FlowEncoding {
  TemplateView form;
  size_t recordBytes;
  void (*encode)(const EncodedFlow& flow, uint8_t* to);
};

template <const auto& TEMPLATE>
constexpr FlowEncoding encodingOf() {
  return {TEMPLATE, TEMPLATE.recordBytes(), [](const EncodedFlow& flow, uint8_t* to) {
            const EncodedFlow own =
                flow;  // the octets written cannot change it: it stays in registers
            encodeFields<TEMPLATE>(own, to, std::make_index_sequence<TEMPLATE.fields.size()>{});
          }};
}

/// Whether the flow's packets came in a path of labels or a tunnel.
inline bool isEncapsulated(const FlowRecord& record) {
  return record.tunnel != Tunnel::NONE ||
         (record.forward.mplsTopLabel | record.reverse.mplsTopLabel) != DecodedPacket::NO_LABEL;
}

}  // namespace weir
