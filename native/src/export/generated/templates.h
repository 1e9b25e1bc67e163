// SPDX-License-Identifier: Apache-2.0
// Generated from wire/*.yaml by `npm run generate`. Do not edit.
#pragma once

#include "export/template.h"

namespace weir {

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
inline constexpr uint16_t exportedOctetTotalCount = 40;
inline constexpr uint16_t exportedMessageTotalCount = 41;
inline constexpr uint16_t exportedFlowRecordTotalCount = 42;
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
inline constexpr uint16_t mplsTopLabelStackSection = 70;
inline constexpr uint16_t destinationMacAddress = 80;
inline constexpr uint16_t interfaceName = 82;
inline constexpr uint16_t interfaceDescription = 83;
inline constexpr uint16_t octetTotalCount = 85;
inline constexpr uint16_t packetTotalCount = 86;
inline constexpr uint16_t applicationDescription = 94;
inline constexpr uint16_t applicationId = 95;
inline constexpr uint16_t applicationName = 96;
inline constexpr uint16_t flowEndReason = 136;
inline constexpr uint16_t commonPropertiesId = 137;
inline constexpr uint16_t icmpTypeCodeIPv6 = 139;
inline constexpr uint16_t flowId = 148;
inline constexpr uint16_t observationDomainId = 149;
inline constexpr uint16_t flowStartSeconds = 150;
inline constexpr uint16_t flowEndSeconds = 151;
inline constexpr uint16_t flowStartMilliseconds = 152;
inline constexpr uint16_t flowEndMilliseconds = 153;
inline constexpr uint16_t flowStartMicroseconds = 154;
inline constexpr uint16_t flowEndMicroseconds = 155;
inline constexpr uint16_t flowStartNanoseconds = 156;
inline constexpr uint16_t flowEndNanoseconds = 157;
inline constexpr uint16_t systemInitTimeMilliseconds = 160;
inline constexpr uint16_t ignoredPacketTotalCount = 164;
inline constexpr uint16_t ignoredOctetTotalCount = 165;
inline constexpr uint16_t notSentFlowTotalCount = 166;
inline constexpr uint16_t notSentPacketTotalCount = 167;
inline constexpr uint16_t notSentOctetTotalCount = 168;
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
inline constexpr uint16_t biflowDirection = 239;
inline constexpr uint16_t dot1qVlanId = 243;
inline constexpr uint16_t dot1qCustomerVlanId = 245;
inline constexpr uint16_t ethernetType = 256;
inline constexpr uint16_t initiatorPackets = 298;
inline constexpr uint16_t selectorId = 302;
inline constexpr uint16_t informationElementId = 303;
inline constexpr uint16_t selectorAlgorithm = 304;
inline constexpr uint16_t samplingPacketInterval = 305;
inline constexpr uint16_t samplingPacketSpace = 306;
inline constexpr uint16_t samplingSize = 309;
inline constexpr uint16_t samplingPopulation = 310;
inline constexpr uint16_t observationTimeMilliseconds = 323;
inline constexpr uint16_t selectorName = 335;
inline constexpr uint16_t informationElementDataType = 339;
inline constexpr uint16_t informationElementDescription = 340;
inline constexpr uint16_t informationElementName = 341;
inline constexpr uint16_t informationElementRangeBegin = 342;
inline constexpr uint16_t informationElementRangeEnd = 343;
inline constexpr uint16_t informationElementSemantics = 344;
inline constexpr uint16_t informationElementUnits = 345;
inline constexpr uint16_t privateEnterpriseNumber = 346;
inline constexpr uint16_t layer2SegmentId = 351;
inline constexpr uint16_t applicationCategoryName = 372;
inline constexpr uint16_t applicationSubCategoryName = 373;
}  // namespace element

/// Numbers under the configured enterprise.
namespace private_element {
inline constexpr uint16_t outerOctetDeltaCount = 1;
inline constexpr uint16_t reverseOuterOctetDeltaCount = 16385;
inline constexpr uint16_t tunnelKind = 2;
}  // namespace private_element

inline constexpr PrivateElement PRIVATE_ELEMENTS[] = {
    {1, 4, 3, 2, 0, 0, "outerOctetDeltaCount",
     "IP total lengths of the outermost packets that carried the flow through a tunnel"},
    {16385, 4, 3, 2, 0, 0, "reverseOuterOctetDeltaCount",
     "IP total lengths of the outermost packets that carried the flow through a tunnel"},
    {2, 1, 4, 0, 0, 5, "tunnelKind",
     "innermost tunnel around the flow, 0 none, 1 GRE, 2 IP in IP, 3 VXLAN, 4 GENEVE, 5 GTP-U"},
};

inline constexpr Template<26> NETFLOW9_FLOW_IPV4{273, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {58, 2},  // vlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {243, 2},  // dot1qVlanId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<26> NETFLOW9_FLOW_IPV6{274, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {58, 2},  // vlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {243, 2},  // dot1qVlanId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<28> NETFLOW9_FLOW_IPV4_ENCAPSULATED{275, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {58, 2},  // vlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {243, 2},  // dot1qVlanId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<28> NETFLOW9_FLOW_IPV6_ENCAPSULATED{276, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {22, 4},  // flowStartSysUpTime
    {21, 4},  // flowEndSysUpTime
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {6, 1},  // tcpControlBits
    {136, 1},  // flowEndReason
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {58, 2},  // vlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {243, 2},  // dot1qVlanId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<6> NETFLOW9_APPLICATION_TABLE{272, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {95, 4},  // applicationId
    {96, 24},  // applicationName
    {94, 55},  // applicationDescription
    {372, 24},  // applicationCategoryName
    {373, 24},  // applicationSubCategoryName
}}};

inline constexpr Template<3> NETFLOW9_NAMING{277, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {137, 2},  // commonPropertiesId
    {335, 56},  // selectorName
}}};

inline constexpr Template<3> NETFLOW9_SAMPLING{264, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {34, 4},  // samplingInterval
    {35, 1},  // samplingAlgorithm
}}};

inline constexpr Template<4> NETFLOW9_SAMPLER{265, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {48, 1},  // samplerId
    {49, 1},  // samplerMode
    {50, 4},  // samplerRandomInterval
}}};

inline constexpr Template<9> NETFLOW9_STATISTICS{266, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {41, 8},  // exportedMessageTotalCount
    {40, 8},  // exportedOctetTotalCount
    {42, 8},  // exportedFlowRecordTotalCount
    {164, 8},  // ignoredPacketTotalCount
    {165, 8},  // ignoredOctetTotalCount
    {166, 8},  // notSentFlowTotalCount
    {167, 8},  // notSentPacketTotalCount
    {168, 8},  // notSentOctetTotalCount
}}};

inline constexpr Template<4> NETFLOW9_INTERFACES{267, 1, {{
    {1, 4, ElementSpace::SCOPE},  // system
    {10, 4},  // ingressInterface
    {82, 32},  // interfaceName
    {83, 64},  // interfaceDescription
}}};

inline constexpr Template<26> IPFIX_UNIFLOW_IPV4{348, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<26> IPFIX_UNIFLOW_IPV6{349, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<25> IPFIX_UNIFLOW_IPV4_ICMP{350, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<25> IPFIX_UNIFLOW_IPV6_ICMP{351, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
}}};

inline constexpr Template<28> IPFIX_UNIFLOW_IPV4_ENCAPSULATED{352, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<28> IPFIX_UNIFLOW_IPV6_ENCAPSULATED{353, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<27> IPFIX_UNIFLOW_IPV4_ICMP_ENCAPSULATED{354, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<27> IPFIX_UNIFLOW_IPV6_ICMP_ENCAPSULATED{355, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
}}};

inline constexpr Template<30> IPFIX_UNIFLOW_IPV4_PRIVATE{356, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
}}};

inline constexpr Template<30> IPFIX_UNIFLOW_IPV6_PRIVATE{357, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
}}};

inline constexpr Template<29> IPFIX_UNIFLOW_IPV4_ICMP_PRIVATE{358, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
}}};

inline constexpr Template<29> IPFIX_UNIFLOW_IPV6_ICMP_PRIVATE{359, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
}}};

inline constexpr Template<33> IPFIX_BIFLOW_IPV4{360, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
}}};

inline constexpr Template<33> IPFIX_BIFLOW_IPV6{361, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
}}};

inline constexpr Template<33> IPFIX_BIFLOW_IPV4_ICMP{362, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {32, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv4
}}};

inline constexpr Template<33> IPFIX_BIFLOW_IPV6_ICMP{363, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {139, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv6
}}};

inline constexpr Template<36> IPFIX_BIFLOW_IPV4_ENCAPSULATED{364, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
}}};

inline constexpr Template<36> IPFIX_BIFLOW_IPV6_ENCAPSULATED{365, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
}}};

inline constexpr Template<36> IPFIX_BIFLOW_IPV4_ICMP_ENCAPSULATED{366, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {32, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv4
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
}}};

inline constexpr Template<36> IPFIX_BIFLOW_IPV6_ICMP_ENCAPSULATED{367, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {139, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv6
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
}}};

inline constexpr Template<39> IPFIX_BIFLOW_IPV4_PRIVATE{368, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
    {16385, 8, ElementSpace::PRIVATE},  // reverseOuterOctetDeltaCount
}}};

inline constexpr Template<39> IPFIX_BIFLOW_IPV6_PRIVATE{369, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {7, 2},  // sourceTransportPort
    {11, 2},  // destinationTransportPort
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
    {16385, 8, ElementSpace::PRIVATE},  // reverseOuterOctetDeltaCount
}}};

inline constexpr Template<39> IPFIX_BIFLOW_IPV4_ICMP_PRIVATE{370, 0, {{
    {8, 4},  // sourceIPv4Address
    {12, 4},  // destinationIPv4Address
    {32, 2},  // icmpTypeCodeIPv4
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {32, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv4
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
    {16385, 8, ElementSpace::PRIVATE},  // reverseOuterOctetDeltaCount
}}};

inline constexpr Template<39> IPFIX_BIFLOW_IPV6_ICMP_PRIVATE{371, 0, {{
    {27, 16},  // sourceIPv6Address
    {28, 16},  // destinationIPv6Address
    {139, 2},  // icmpTypeCodeIPv6
    {1, 8},  // octetDeltaCount
    {2, 4},  // packetDeltaCount
    {152, 8},  // flowStartMilliseconds
    {153, 8},  // flowEndMilliseconds
    {4, 1},  // protocolIdentifier
    {5, 1},  // ipClassOfService
    {192, 1},  // ipTTL
    {136, 1},  // flowEndReason
    {6, 2},  // tcpControlBits
    {60, 1},  // ipVersion
    {61, 1},  // flowDirection
    {239, 1},  // biflowDirection
    {10, 4},  // ingressInterface
    {14, 2},  // egressInterface
    {243, 2},  // dot1qVlanId
    {56, 6},  // sourceMacAddress
    {80, 6},  // destinationMacAddress
    {95, 4},  // applicationId
    {137, 2},  // commonPropertiesId
    {148, 8},  // flowId
    {256, 2},  // ethernetType
    {245, 2},  // dot1qCustomerVlanId
    {70, 3},  // mplsTopLabelStackSection
    {351, 8},  // layer2SegmentId
    {2, 1, ElementSpace::PRIVATE},  // tunnelKind
    {1, 8, ElementSpace::PRIVATE},  // outerOctetDeltaCount
    {1, 8, ElementSpace::REVERSE},  // reverseOctetDeltaCount
    {2, 4, ElementSpace::REVERSE},  // reversePacketDeltaCount
    {152, 8, ElementSpace::REVERSE},  // reverseFlowStartMilliseconds
    {153, 8, ElementSpace::REVERSE},  // reverseFlowEndMilliseconds
    {5, 1, ElementSpace::REVERSE},  // reverseIpClassOfService
    {192, 1, ElementSpace::REVERSE},  // reverseIpTTL
    {6, 2, ElementSpace::REVERSE},  // reverseTcpControlBits
    {139, 2, ElementSpace::REVERSE},  // reverseIcmpTypeCodeIPv6
    {70, 3, ElementSpace::REVERSE},  // reverseMplsTopLabelStackSection
    {16385, 8, ElementSpace::PRIVATE},  // reverseOuterOctetDeltaCount
}}};

inline constexpr Template<3> IPFIX_APPLICATION_TABLE{340, 1, {{
    {95, 4},  // applicationId
    {96, 65535},  // applicationName
    {94, 65535},  // applicationDescription
}}};

inline constexpr Template<2> IPFIX_NAMING{372, 1, {{
    {137, 2},  // commonPropertiesId
    {335, 65535},  // selectorName
}}};

inline constexpr Template<6> IPFIX_SYSTEMATIC_SAMPLING{341, 1, {{
    {302, 4},  // selectorId
    {304, 2},  // selectorAlgorithm
    {305, 4},  // samplingPacketInterval
    {306, 4},  // samplingPacketSpace
    {34, 4},  // samplingInterval
    {35, 1},  // samplingAlgorithm
}}};

inline constexpr Template<6> IPFIX_RANDOM_SAMPLING{342, 1, {{
    {302, 4},  // selectorId
    {304, 2},  // selectorAlgorithm
    {309, 4},  // samplingSize
    {310, 4},  // samplingPopulation
    {34, 4},  // samplingInterval
    {35, 1},  // samplingAlgorithm
}}};

inline constexpr Template<9> IPFIX_STATISTICS{343, 1, {{
    {149, 4},  // observationDomainId
    {41, 8},  // exportedMessageTotalCount
    {40, 8},  // exportedOctetTotalCount
    {42, 8},  // exportedFlowRecordTotalCount
    {164, 8},  // ignoredPacketTotalCount
    {165, 8},  // ignoredOctetTotalCount
    {166, 8},  // notSentFlowTotalCount
    {167, 8},  // notSentPacketTotalCount
    {168, 8},  // notSentOctetTotalCount
}}};

inline constexpr Template<3> IPFIX_INTERFACES{344, 1, {{
    {10, 4},  // ingressInterface
    {82, 65535},  // interfaceName
    {83, 65535},  // interfaceDescription
}}};

inline constexpr Template<9> IPFIX_TYPE_INFORMATION{345, 2, {{
    {346, 4},  // privateEnterpriseNumber
    {303, 2},  // informationElementId
    {339, 1},  // informationElementDataType
    {344, 1},  // informationElementSemantics
    {345, 2},  // informationElementUnits
    {342, 8},  // informationElementRangeBegin
    {343, 8},  // informationElementRangeEnd
    {341, 65535},  // informationElementName
    {340, 65535},  // informationElementDescription
}}};

}  // namespace weir
