// SPDX-License-Identifier: Apache-2.0
// NetFlow v1, v5 and v7: one record format each, decoded as if a template had told it. Layouts of
// Cisco's NetFlow export datagram formats, with the element numbers of v9.
#include <algorithm>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/message.h"

namespace weir::collect {

namespace {

using namespace element;

FieldSpec iana(uint16_t number, uint16_t length) { return {IANA, number, length}; }

/// What v5 and v7 records begin with, 44 octets; v1's begin with the first 36.
std::vector<FieldSpec> beginning() {
  return {iana(sourceIPv4Address, 4),        iana(destinationIPv4Address, 4),
          iana(ipNextHopIPv4Address, 4),     iana(ingressInterface, 2),
          iana(egressInterface, 2),          iana(packetDeltaCount, 4),
          iana(octetDeltaCount, 4),          iana(flowStartSysUpTime, 4),
          iana(flowEndSysUpTime, 4),         iana(sourceTransportPort, 2),
          iana(destinationTransportPort, 2), iana(paddingOctets, 1)};
}

Template version1() {
  auto fields = beginning();
  const auto rest = {iana(paddingOctets, 1), iana(protocolIdentifier, 1), iana(ipClassOfService, 1),
                     iana(tcpControlBits, 1), iana(paddingOctets, 11)};
  fields.insert(fields.end(), rest);
  return *compileTemplate({1, TemplateKind::DATA, 0, fields});
}

Template version5Or7(uint16_t version, uint16_t paddingAtEnd) {
  auto fields = beginning();
  const auto rest = {iana(tcpControlBits, 1),
                     iana(protocolIdentifier, 1),
                     iana(ipClassOfService, 1),
                     iana(bgpSourceAsNumber, 2),
                     iana(bgpDestinationAsNumber, 2),
                     iana(sourceIPv4PrefixLength, 1),
                     iana(destinationIPv4PrefixLength, 1),
                     iana(paddingOctets, paddingAtEnd)};
  fields.insert(fields.end(), rest);
  return *compileTemplate({version, TemplateKind::DATA, 0, fields});
}

struct FixedFormat {
  ExportProtocol protocol;
  size_t headerOctets;
  Template record;
};

const FixedFormat& formatOf(uint16_t version) {
  static const FixedFormat V1{ExportProtocol::NETFLOW1, 16, version1()};
  static const FixedFormat V5{ExportProtocol::NETFLOW5, 24, version5Or7(5, 2)};
  static const FixedFormat V7{ExportProtocol::NETFLOW7, 24, version5Or7(7, 6)};
  if (version == 1) return V1;
  return version == 5 ? V5 : V7;
}

}  // namespace

/// Header: version, count, sysUptime, seconds, nanoseconds; then in v5 and v7 the sequence number,
/// in v5 engine type, engine id, and the sampling mode (2 bits) with the interval (14 bits).
void Decoder::decodeFixed(Message& message) {
  const uint16_t version = message.at16(0);
  const FixedFormat& format = formatOf(version);
  if (message.size() < format.headerOctets) return counters_.add(DecodeCount::truncatedHeader);
  // The engine (type × 256 + id) plays the part of v9's observation domain.
  if (!enter(message, format.protocol, version == 5 ? message.at16(20) : 0)) return;
  message.time.sysUptime = message.at32(4);
  message.time.exportMilliseconds = int64_t{message.at32(8)} * 1000 + message.at32(12) / 1'000'000;
  noteClock(message);
  const size_t announced = message.at16(2);
  if (version != 1)
    noteSequence(message, {message.at32(16), message.time.sysUptime},
                 static_cast<uint32_t>(announced));
  const size_t present = (message.size() - format.headerOctets) / format.record.recordLength;
  if (present < announced) counters_.add(DecodeCount::truncatedDatagram);
  const uint8_t* const begin = message.begin() + format.headerOctets;
  const size_t count = std::min(announced, present);
  const size_t from = message.to.rows;
  message.domain->options.headerInterval = version == 5 ? message.at16(22) & 0x3fffU : 0;
  const RecordSet records = message.set(begin, begin + count * format.record.recordLength);
  writer_.write(format.record, records, message.to);
  finishRows(message, records, from);
}

}  // namespace weir::collect
