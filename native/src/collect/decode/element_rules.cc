// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/element_rules.h"

#include <algorithm>
#include <array>

#include "collect/decode/generated/iana_elements.h"

namespace weir::collect {

namespace {

using namespace element;
using Columns = FlowColumns;
using Scratch = RecordScratch;

/// Cisco's AVC and ntop number what IANA does not have. In v9 ntop's numbers are those of its
/// enterprise + 57472.
constexpr uint32_t NTOP_ENTERPRISE = 35632;
constexpr uint16_t NTOP_NETFLOW9_BASE = 57472;

constexpr auto START = &Columns::flowStartMilliseconds;
constexpr auto END = &Columns::flowEndMilliseconds;

/// Sorted by element once, at compile time.
constexpr auto RULES = [] {
  std::array rules{
      // Deltas before totals: only where a template has no delta does the total count.
      ElementRule{octetDeltaCount, Target::OCTETS, 9, &unsignedStep<&Columns::octets>},
      ElementRule{layer2OctetDeltaCount, Target::OCTETS, 6, &unsignedStep<&Columns::octets>},
      ElementRule{octetTotalCount, Target::OCTETS, 5, &unsignedStep<&Columns::octets>},
      ElementRule{initiatorOctets, Target::OCTETS, 7, &unsignedStep<&Columns::octets>},
      ElementRule{responderOctets, Target::OCTETS, 7, &unsignedStep<&Columns::octets>},
      ElementRule{postOctetDeltaCount, Target::OCTETS, 3, &unsignedStep<&Columns::octets>},
      ElementRule{layer2OctetTotalCount, Target::OCTETS, 2, &unsignedStep<&Columns::octets>},
      ElementRule{postOctetTotalCount, Target::OCTETS, 1, &unsignedStep<&Columns::octets>},
      ElementRule{packetDeltaCount, Target::PACKETS, 9, &unsignedStep<&Columns::packets>},
      ElementRule{packetTotalCount, Target::PACKETS, 5, &unsignedStep<&Columns::packets>},
      ElementRule{initiatorPackets, Target::PACKETS, 7, &unsignedStep<&Columns::packets>},
      ElementRule{responderPackets, Target::PACKETS, 7, &unsignedStep<&Columns::packets>},
      ElementRule{postPacketDeltaCount, Target::PACKETS, 3, &unsignedStep<&Columns::packets>},
      ElementRule{postPacketTotalCount, Target::PACKETS, 1, &unsignedStep<&Columns::packets>},

      ElementRule{flowStartMilliseconds, Target::START, 9, &unsignedStep<START>},
      ElementRule{flowStartNanoseconds, Target::START, 8, &ntpStep<START>},
      ElementRule{flowStartMicroseconds, Target::START, 7, &ntpStep<START>},
      ElementRule{flowStartSysUpTime, Target::START, 6, &uptimeStep<START>},
      ElementRule{flowStartDeltaMicroseconds, Target::START, 5, &deltaStep<START>},
      ElementRule{flowStartSeconds, Target::START, 4, &secondsStep<START>},
      ElementRule{flowEndMilliseconds, Target::END, 9, &unsignedStep<END>},
      ElementRule{flowEndNanoseconds, Target::END, 8, &ntpStep<END>},
      ElementRule{flowEndMicroseconds, Target::END, 7, &ntpStep<END>},
      ElementRule{flowEndSysUpTime, Target::END, 6, &uptimeStep<END>},
      ElementRule{flowEndDeltaMicroseconds, Target::END, 5, &deltaStep<END>},
      ElementRule{flowEndSeconds, Target::END, 4, &secondsStep<END>},
      // Of events without a duration.
      ElementRule{observationTimeMilliseconds, Target::END, 3, &unsignedStep<END>},
      ElementRule{observationTimeNanoseconds, Target::END, 2, &ntpStep<END>},
      ElementRule{observationTimeMicroseconds, Target::END, 2, &ntpStep<END>},
      ElementRule{observationTimeSeconds, Target::END, 1, &secondsStep<END>},
      ElementRule{systemInitTimeMilliseconds, Target::SYSTEM_INIT, 9,
                  &unsignedStep<&Scratch::systemInit>},
      ElementRule{flowDurationMicroseconds, Target::DURATION, 9,
                  &unsignedStep<&Scratch::durationMicroseconds>},
      ElementRule{flowDurationMilliseconds, Target::DURATION, 8,
                  &thousandsStep<&Scratch::durationMicroseconds>},

      ElementRule{sourceIPv4Address, Target::SOURCE, 9, &ipv4Step<&Columns::sourceAddress>},
      ElementRule{sourceIPv6Address, Target::SOURCE, 8, &ipv6Step<&Columns::sourceAddress>},
      ElementRule{destinationIPv4Address, Target::DESTINATION, 9,
                  &ipv4Step<&Columns::destinationAddress>},
      ElementRule{destinationIPv6Address, Target::DESTINATION, 8,
                  &ipv6Step<&Columns::destinationAddress>},
      ElementRule{ipNextHopIPv4Address, Target::NEXT_HOP, 9, &ipv4Step<&Columns::ipNextHopAddress>},
      ElementRule{ipNextHopIPv6Address, Target::NEXT_HOP, 8, &ipv6Step<&Columns::ipNextHopAddress>},
      ElementRule{sourceTransportPort, Target::SOURCE_PORT, 9,
                  &unsignedStep<&Columns::sourceTransportPort>},
      ElementRule{udpSourcePort, Target::SOURCE_PORT, 5,
                  &unsignedStep<&Columns::sourceTransportPort>},
      ElementRule{tcpSourcePort, Target::SOURCE_PORT, 4,
                  &unsignedStep<&Columns::sourceTransportPort>},
      ElementRule{destinationTransportPort, Target::DESTINATION_PORT, 9,
                  &unsignedStep<&Columns::destinationTransportPort>},
      ElementRule{udpDestinationPort, Target::DESTINATION_PORT, 5,
                  &unsignedStep<&Columns::destinationTransportPort>},
      ElementRule{tcpDestinationPort, Target::DESTINATION_PORT, 4,
                  &unsignedStep<&Columns::destinationTransportPort>},
      ElementRule{protocolIdentifier, Target::PROTOCOL, 9,
                  &unsignedStep<&Columns::protocolIdentifier>},
      ElementRule{vlanId, Target::VLAN, 9, &unsignedStep<&Columns::vlanId>},
      ElementRule{dot1qVlanId, Target::VLAN, 8, &unsignedStep<&Columns::vlanId>},
      ElementRule{postVlanId, Target::VLAN, 2, &unsignedStep<&Columns::vlanId>},
      ElementRule{postDot1qVlanId, Target::VLAN, 1, &unsignedStep<&Columns::vlanId>},
      ElementRule{ingressInterface, Target::INGRESS, 9, &unsignedStep<&Columns::ingressInterface>},
      ElementRule{ingressPhysicalInterface, Target::INGRESS, 5,
                  &unsignedStep<&Columns::ingressInterface>},
      ElementRule{egressInterface, Target::EGRESS, 9, &unsignedStep<&Columns::egressInterface>},
      ElementRule{egressPhysicalInterface, Target::EGRESS, 5,
                  &unsignedStep<&Columns::egressInterface>},
      ElementRule{ipClassOfService, Target::CLASS_OF_SERVICE, 9,
                  &unsignedStep<&Columns::ipClassOfService>},
      ElementRule{ipDiffServCodePoint, Target::CLASS_OF_SERVICE, 5,
                  &addingStep<&Columns::ipClassOfService, 4>},
      ElementRule{postIpClassOfService, Target::CLASS_OF_SERVICE, 3,
                  &unsignedStep<&Columns::ipClassOfService>},
      ElementRule{tcpControlBits, Target::TCP_BITS, 9, &unsignedStep<&Columns::tcpControlBits>},
      ElementRule{icmpTypeCodeIPv4, Target::ICMP, 9, &unsignedStep<&Columns::icmpTypeCode>},
      ElementRule{icmpTypeCodeIPv6, Target::ICMP, 8, &unsignedStep<&Columns::icmpTypeCode>},
      ElementRule{icmpTypeIPv4, Target::ICMP_TYPE, 9, &addingStep<&Columns::icmpTypeCode, 256>},
      ElementRule{icmpTypeIPv6, Target::ICMP_TYPE, 8, &addingStep<&Columns::icmpTypeCode, 256>},
      ElementRule{icmpCodeIPv4, Target::ICMP_CODE, 9, &addingStep<&Columns::icmpTypeCode, 1>},
      ElementRule{icmpCodeIPv6, Target::ICMP_CODE, 8, &addingStep<&Columns::icmpTypeCode, 1>},
      ElementRule{flowEndReason, Target::END_REASON, 9, &unsignedStep<&Columns::flowEndReason>},
      ElementRule{flowDirection, Target::DIRECTION, 9, &unsignedStep<&Columns::flowDirection>},
      ElementRule{bgpSourceAsNumber, Target::SOURCE_AS, 9,
                  &unsignedStep<&Columns::bgpSourceAsNumber>},
      ElementRule{bgpDestinationAsNumber, Target::DESTINATION_AS, 9,
                  &unsignedStep<&Columns::bgpDestinationAsNumber>},

      ElementRule{applicationId, Target::APPLICATION_ID, 9, &applicationIdStep},
      ElementRule{commonPropertiesId, Target::COMMON_PROPERTIES, 9,
                  &unsignedStep<&Scratch::commonPropertiesId>},
      ElementRule{applicationName, Target::APPLICATION_NAME, 9,
                  &textStep<&Columns::applicationName>},
      ElementRule{httpRequestHost, Target::SERVER_NAME, 9, &textStep<&Columns::serverName>},

      ElementRule{samplingInterval, Target::SAMPLING_INTERVAL, 9,
                  &unsignedStep<&Scratch::samplingInterval>},
      ElementRule{samplerRandomInterval, Target::SAMPLING_INTERVAL, 8,
                  &unsignedStep<&Scratch::samplingInterval>},
      ElementRule{samplingPacketInterval, Target::PACKET_INTERVAL, 9,
                  &unsignedStep<&Scratch::samplingPacketInterval>},
      ElementRule{samplingPacketSpace, Target::PACKET_SPACE, 9,
                  &unsignedStep<&Scratch::samplingPacketSpace>},
      ElementRule{samplerId, Target::SAMPLER, 9, &unsignedStep<&Scratch::samplerId>},
      ElementRule{selectorId, Target::SAMPLER, 8, &unsignedStep<&Scratch::samplerId>},
  };
  std::sort(rules.begin(), rules.end(), [](const ElementRule& one, const ElementRule& other) {
    return one.element < other.element;
  });
  return rules;
}();

constexpr ElementRule NTOP_PROTOCOL_NAME{119, Target::APPLICATION_NAME, 9,
                                         &textStep<&Columns::applicationName>};
constexpr ElementRule NTOP_SERVER_NAME{188, Target::SERVER_NAME, 8,
                                       &textStep<&Columns::serverName>};

const ElementRule* ntopRule(uint16_t number) {
  if (number == NTOP_PROTOCOL_NAME.element) return &NTOP_PROTOCOL_NAME;
  return number == NTOP_SERVER_NAME.element ? &NTOP_SERVER_NAME : nullptr;
}

}  // namespace

const ElementRule* ruleOf(const FieldSpec& field) {
  if (field.enterprise == NTOP_ENTERPRISE) return ntopRule(field.element);
  if (field.enterprise != IANA && field.enterprise != REVERSE_ENTERPRISE) return nullptr;
  if (field.element >= NTOP_NETFLOW9_BASE) return ntopRule(field.element - NTOP_NETFLOW9_BASE);
  const auto* const found = std::lower_bound(
      RULES.begin(), RULES.end(), field.element,
      [](const ElementRule& rule, uint16_t number) { return rule.element < number; });
  return found != RULES.end() && found->element == field.element ? found : nullptr;
}

FlowSide sideOf(const FieldSpec& field) {
  const bool ofResponder = field.enterprise == IANA &&
                           (field.element == responderOctets || field.element == responderPackets);
  const bool isReverse = field.enterprise == REVERSE_ENTERPRISE || ofResponder;
  return isReverse ? FlowSide::REVERSE : FlowSide::FORWARD;
}

}  // namespace weir::collect
