// SPDX-License-Identifier: Apache-2.0
// Generated from wire/*.yaml by `npm run generate`. Do not edit.
#pragma once

/// X(type, name) for each column of a flow record, in the order of a block.
#define WEIR_STORED_COLUMNS(X) \
  X(int64_t, flowStartMilliseconds) \
  X(int64_t, flowEndMilliseconds) \
  X(int64_t, receivedMilliseconds) \
  X(Address, exporterAddress) \
  X(NameId, exporterName) \
  X(NameId, exportProtocol) \
  X(uint32_t, observationDomainId) \
  X(Address, sourceAddress) \
  X(Address, destinationAddress) \
  X(Address, ipNextHopAddress) \
  X(uint16_t, sourceTransportPort) \
  X(uint16_t, destinationTransportPort) \
  X(uint8_t, protocolIdentifier) \
  X(uint16_t, vlanId) \
  X(uint32_t, ingressInterface) \
  X(uint32_t, egressInterface) \
  X(NameId, ingressInterfaceName) \
  X(NameId, egressInterfaceName) \
  X(uint8_t, ipClassOfService) \
  X(uint16_t, tcpControlBits) \
  X(uint16_t, icmpTypeCode) \
  X(uint8_t, flowEndReason) \
  X(uint8_t, flowDirection) \
  X(uint64_t, octets) \
  X(uint64_t, packets) \
  X(uint64_t, reverseOctets) \
  X(uint64_t, reversePackets) \
  X(uint32_t, samplingInterval) \
  X(NameId, applicationName) \
  X(NameId, applicationCategory) \
  X(NameId, applicationConfidence) \
  X(NameId, serverName) \
  X(NameId, sourceNetwork) \
  X(NameId, destinationNetwork) \
  X(NameId, sourceRole) \
  X(NameId, destinationRole) \
  X(NameId, sourceSite) \
  X(NameId, destinationSite) \
  X(NameId, sourceCountry) \
  X(NameId, destinationCountry) \
  X(uint32_t, bgpSourceAsNumber) \
  X(uint32_t, bgpDestinationAsNumber) \
  X(NameId, sourceAsName) \
  X(NameId, destinationAsName) \
  X(NameId, scope) \
  X(uint8_t, counted)

/// Those that are in no block.
#define WEIR_LIVE_COLUMNS(X) \
  X(NameId, applicationSignature)

#define WEIR_FLOW_COLUMNS(X) WEIR_STORED_COLUMNS(X) WEIR_LIVE_COLUMNS(X)

// The same types in ClickHouse, by the name of the C++ type as it stands in the list.
#define WEIR_CLICKHOUSE_TYPE_int64_t "DateTime64(3, 'UTC')"
#define WEIR_CLICKHOUSE_TYPE_uint64_t "UInt64"
#define WEIR_CLICKHOUSE_TYPE_uint32_t "UInt32"
#define WEIR_CLICKHOUSE_TYPE_uint16_t "UInt16"
#define WEIR_CLICKHOUSE_TYPE_uint8_t "UInt8"
#define WEIR_CLICKHOUSE_TYPE_Address "IPv6"
#define WEIR_CLICKHOUSE_TYPE_NameId "LowCardinality(String)"
