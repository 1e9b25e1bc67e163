// SPDX-License-Identifier: Apache-2.0
#include "export/netflow5_exporter.h"

#include <algorithm>

#include "export/wire_writer.h"

namespace weir {

namespace {

// Layout: Cisco, "NetFlow Export Datagram Format", tables B-3 and B-4.
constexpr size_t HEADER_BYTES = 24;
constexpr size_t RECORD_BYTES = 48;
constexpr uint32_t MAXIMUM_RECORDS = 30;
constexpr uint32_t RECORDS_A_DATAGRAM =
    std::min<uint32_t>(MAXIMUM_RECORDS, (MAXIMUM_DATAGRAM_BYTES - HEADER_BYTES) / RECORD_BYTES);

/// The next part of a counter that may not fit 32 bits; what it takes is subtracted from `rest`.
uint64_t take32(uint64_t& rest) {
  const uint64_t part = std::min<uint64_t>(rest, UINT32_MAX);
  rest -= part;
  return part;
}

// 16 bits for an ifIndex: 0 ("unknown") is honest where a cut number would name another interface.
uint16_t shortInterface(uint32_t interfaceIndex) {
  return interfaceIndex > UINT16_MAX ? 0 : static_cast<uint16_t>(interfaceIndex);
}

}  // namespace

void Netflow5Exporter::writeDirection(const FlowRecord& record, const DirectionRecord& direction) {
  if (record.ipVersion != 4) {
    noteUnsupported(direction);
    return;
  }
  DirectionRecord rest = direction;
  while (rest.packets != 0 || rest.octets != 0) {
    DirectionRecord part = direction;
    part.packets = take32(rest.packets);
    part.octets = take32(rest.octets);
    writeRecord(record, part);
  }
}

void Netflow5Exporter::writeRecord(const FlowRecord& record, const DirectionRecord& direction) {
  WireWriter out(buffer_.data() + HEADER_BYTES + pendingRecords() * RECORD_BYTES);
  out.putOctets(direction.sourceAddress->data() + 12, 4);
  out.putOctets(direction.destinationAddress->data() + 12, 4);
  out.put32(0);  // next hop
  out.put16(shortInterface(record.interfaceIndex));
  out.put16(0);  // output interface: a mirror port does not know it
  out.put32(direction.packets);
  out.put32(direction.octets);
  out.put32(upTimeMs(direction.startMs * NS_A_MS));
  out.put32(upTimeMs(direction.endMs * NS_A_MS));
  out.put16(direction.sourcePort);
  out.put16(direction.destinationPort);
  out.put8(0);
  out.put8(direction.tcpFlags);
  out.put8(record.protocol);
  out.put8(direction.ipClassOfService);
  out.put32(0);  // AS numbers
  out.put32(0);  // prefix lengths, padding
  noteRecord(direction);
  if (pendingRecords() == RECORDS_A_DATAGRAM) sendDatagram();
}

size_t Netflow5Exporter::finishDatagram() {
  const int64_t timeNs = exportTimeNs();
  WireWriter out(buffer_.data());
  out.put16(5);
  out.put16(pendingRecords());
  out.put32(upTimeMs(timeNs));
  out.put32(timeNs / 1'000'000'000);
  out.put32(timeNs % 1'000'000'000 / 1'000'000 * 1'000'000);  // as exact as sysUpTime is
  out.put32(flowSequence_);
  out.put8(0);  // engine type
  out.put8(engineId_);
  out.put16(0);  // sampling
  flowSequence_ += pendingRecords();
  return HEADER_BYTES + pendingRecords() * RECORD_BYTES;
}

}  // namespace weir
