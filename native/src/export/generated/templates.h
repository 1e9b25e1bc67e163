// SPDX-License-Identifier: Apache-2.0
// Generated from wire/*.yaml by `npm run generate`. Do not edit.
#pragma once

#include <cstdint>

namespace weir {

struct TemplateField {
  uint16_t element;
  uint16_t lengthBytes;
};

/// IANA numbers of information elements.
namespace element {
inline constexpr uint16_t octetDeltaCount = 1;
inline constexpr uint16_t packetDeltaCount = 2;
inline constexpr uint16_t protocolIdentifier = 4;
inline constexpr uint16_t ipClassOfService = 5;
inline constexpr uint16_t tcpControlBits = 6;
inline constexpr uint16_t sourceTransportPort = 7;
inline constexpr uint16_t sourceIPv4Address = 8;
inline constexpr uint16_t sourceIPv4PrefixLength = 9;
inline constexpr uint16_t ingressInterface = 10;
inline constexpr uint16_t destinationTransportPort = 11;
inline constexpr uint16_t destinationIPv4Address = 12;
inline constexpr uint16_t destinationIPv4PrefixLength = 13;
inline constexpr uint16_t egressInterface = 14;
inline constexpr uint16_t ipNextHopIPv4Address = 15;
inline constexpr uint16_t bgpSourceAsNumber = 16;
inline constexpr uint16_t bgpDestinationAsNumber = 17;
inline constexpr uint16_t flowEndSysUpTime = 21;
inline constexpr uint16_t flowStartSysUpTime = 22;
inline constexpr uint16_t postOctetDeltaCount = 23;
inline constexpr uint16_t postPacketDeltaCount = 24;
inline constexpr uint16_t sourceIPv6Address = 27;
inline constexpr uint16_t destinationIPv6Address = 28;
inline constexpr uint16_t sourceIPv6PrefixLength = 29;
inline constexpr uint16_t destinationIPv6PrefixLength = 30;
inline constexpr uint16_t flowLabelIPv6 = 31;
inline constexpr uint16_t icmpTypeCodeIPv4 = 32;
inline constexpr uint16_t samplingInterval = 34;
inline constexpr uint16_t samplingAlgorithm = 35;
inline constexpr uint16_t samplerId = 48;
inline constexpr uint16_t samplerMode = 49;
inline constexpr uint16_t samplerRandomInterval = 50;
inline constexpr uint16_t minimumTTL = 52;
inline constexpr uint16_t maximumTTL = 53;
inline constexpr uint16_t sourceMacAddress = 56;
inline constexpr uint16_t vlanId = 58;
inline constexpr uint16_t postVlanId = 59;
inline constexpr uint16_t ipVersion = 60;
inline constexpr uint16_t flowDirection = 61;
inline constexpr uint16_t ipNextHopIPv6Address = 62;
inline constexpr uint16_t destinationMacAddress = 80;
inline constexpr uint16_t interfaceName = 82;
inline constexpr uint16_t interfaceDescription = 83;
inline constexpr uint16_t octetTotalCount = 85;
inline constexpr uint16_t packetTotalCount = 86;
inline constexpr uint16_t applicationDescription = 94;
inline constexpr uint16_t applicationId = 95;
inline constexpr uint16_t applicationName = 96;
inline constexpr uint16_t flowEndReason = 136;
inline constexpr uint16_t icmpTypeCodeIPv6 = 139;
inline constexpr uint16_t flowId = 148;
inline constexpr uint16_t flowStartSeconds = 150;
inline constexpr uint16_t flowEndSeconds = 151;
inline constexpr uint16_t flowStartMilliseconds = 152;
inline constexpr uint16_t flowEndMilliseconds = 153;
inline constexpr uint16_t flowStartMicroseconds = 154;
inline constexpr uint16_t flowEndMicroseconds = 155;
inline constexpr uint16_t flowStartNanoseconds = 156;
inline constexpr uint16_t flowEndNanoseconds = 157;
inline constexpr uint16_t systemInitTimeMilliseconds = 160;
inline constexpr uint16_t icmpTypeIPv4 = 176;
inline constexpr uint16_t icmpCodeIPv4 = 177;
inline constexpr uint16_t icmpTypeIPv6 = 178;
inline constexpr uint16_t icmpCodeIPv6 = 179;
inline constexpr uint16_t udpSourcePort = 180;
inline constexpr uint16_t udpDestinationPort = 181;
inline constexpr uint16_t tcpSourcePort = 182;
inline constexpr uint16_t tcpDestinationPort = 183;
inline constexpr uint16_t ipTTL = 192;
inline constexpr uint16_t initiatorOctets = 231;
inline constexpr uint16_t dot1qVlanId = 243;
inline constexpr uint16_t initiatorPackets = 298;
inline constexpr uint16_t selectorId = 302;
inline constexpr uint16_t selectorAlgorithm = 304;
inline constexpr uint16_t samplingPacketInterval = 305;
inline constexpr uint16_t samplingPacketSpace = 306;
inline constexpr uint16_t observationTimeMilliseconds = 323;
}  // namespace element

inline constexpr uint16_t NETFLOW9_FLOW_IPV4_ID = 256;
inline constexpr TemplateField NETFLOW9_FLOW_IPV4[] = {
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {1, 8},  // octetDeltaCount
    {2, 8},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {10, 4},  // ingressInterface
    {14, 4},  // egressInterface
    {58, 2},  // vlanId
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {95, 4},  // applicationId
};

inline constexpr uint16_t NETFLOW9_FLOW_IPV6_ID = 257;
inline constexpr TemplateField NETFLOW9_FLOW_IPV6[] = {
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {1, 8},  // octetDeltaCount
    {2, 8},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {10, 4},  // ingressInterface
    {14, 4},  // egressInterface
    {58, 2},  // vlanId
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {95, 4},  // applicationId
};

inline constexpr uint16_t NETFLOW9_APPLICATION_TABLE_ID = 258;
inline constexpr TemplateField NETFLOW9_APPLICATION_TABLE_SCOPE[] = {
    {1, 4},  // system
};
inline constexpr TemplateField NETFLOW9_APPLICATION_TABLE[] = {
    {95, 4},  // applicationId
    {96, 24},  // applicationName
    {94, 55},  // applicationDescription
};

}  // namespace weir
