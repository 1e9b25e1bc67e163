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

// The header's sampling field: two bits of mode over fourteen of interval.
constexpr uint16_t MODE_SYSTEMATIC = 1U << 14U;
constexpr uint16_t MODE_RANDOM = 2U << 14U;
constexpr uint32_t MAXIMUM_INTERVAL = (1U << 14U) - 1;

/// In how many parts of 32 bits a counter goes.
uint64_t partsOf(uint64_t count) { return count / UINT32_MAX + (count % UINT32_MAX != 0 ? 1 : 0); }

/// The next of `parts` even shares of what is left; it is subtracted from `rest`.
uint64_t takeShare(uint64_t& rest, uint64_t parts) {
  const uint64_t share = rest / parts + (rest % parts != 0 ? 1 : 0);
  rest -= share;
  return share;
}

// 16 bits for an ifIndex: 0 ("unknown") is honest where a cut number would name another interface.
uint16_t shortInterface(uint32_t interfaceIndex) {
  return interfaceIndex > UINT16_MAX ? 0 : static_cast<uint16_t>(interfaceIndex);
}

}  // namespace

Netflow5Exporter::Netflow5Exporter(std::unique_ptr<MessageSender> sender, uint8_t engineId)
    : MessageExporter(std::move(sender), HEADER_BYTES), engineId_(engineId) {}

void Netflow5Exporter::write(const FlowRecord& record) {
  noteTime(record.endNs);
  if (record.forward.packets != 0) writeDirection(record, record.forward);
  if (record.reverse.packets != 0) writeDirection(record, record.reverse);
}

// The header's sampling field is about all records of its datagram.
void Netflow5Exporter::setSampling(const SamplingState& sampling) {
  if (sampling == sampling_) return;
  sendMessage();
  sampling_ = sampling;
}

void Netflow5Exporter::writeDirection(const FlowRecord& record, const DirectionRecord& direction) {
  if (record.ipVersion != 4) {
    noteUnsupported(direction);
    return;
  }
  // Even shares of both, since collectors take a record without packets for a damaged one. There
  // are never fewer packets than parts: the octets of each fit into one. Where a caller says
  // otherwise, the last records have none.
  DirectionRecord rest = direction;
  for (uint64_t parts = std::max(partsOf(rest.packets), partsOf(rest.octets)); parts != 0;
       --parts) {
    DirectionRecord part = direction;
    part.packets = takeShare(rest.packets, parts);
    part.octets = takeShare(rest.octets, parts);
    writeRecord(record, part);
  }
}

void Netflow5Exporter::writeRecord(const FlowRecord& record, const DirectionRecord& direction) {
  if (!isBegun()) {
    checkSession();
    beginMessage();
  }
  WireWriter out(take(RECORD_BYTES));
  out.putOctets(direction.sourceAddress->data() + 12, 4);
  out.putOctets(direction.destinationAddress->data() + 12, 4);
  out.put32(0);  // next hop
  out.put16(shortInterface(record.interfaceIndex));
  out.put16(0);  // output interface: a mirror port does not know it
  out.put32(direction.packets);
  out.put32(direction.octets);
  out.put32(upTimeMs(direction.startMs));
  out.put32(upTimeMs(direction.endMs));
  out.put16(direction.sourcePort);
  out.put16(direction.destinationPort);
  out.put8(0);
  out.put8(direction.tcpFlags);
  out.put8(record.protocol);
  out.put8(direction.ipClassOfService);
  out.put32(0);  // AS numbers
  out.put32(0);  // prefix lengths, padding
  noteRecord(direction.packets, direction.octets);
  if (record.interfaceIndex > UINT16_MAX || sampling_.interval > MAXIMUM_INTERVAL) {
    ++counters_.incompleteRecords;
  }
  if (pendingRecords() == MAXIMUM_RECORDS || length() + RECORD_BYTES > limitBytes()) sendMessage();
}

/// An interval that does not fit is 0, "unknown": another number would be multiplied with.
uint16_t Netflow5Exporter::samplingField() const {
  if (sampling_.interval <= 1) return 0;
  const uint16_t mode =
      sampling_.algorithm == SamplingAlgorithm::SYSTEMATIC_COUNT ? MODE_SYSTEMATIC : MODE_RANDOM;
  const bool fits = sampling_.interval <= MAXIMUM_INTERVAL;
  return static_cast<uint16_t>(mode | (fits ? sampling_.interval : 0));
}

void Netflow5Exporter::finishMessage() {
  const int64_t timeNs = exportTimeNs();
  WireWriter out(message());
  out.put16(5);
  out.put16(pendingRecords());
  out.put32(upTimeMs(timeNs / 1'000'000));
  out.put32(timeNs / 1'000'000'000);
  out.put32(timeNs % 1'000'000'000 / 1'000'000 * 1'000'000);  // as exact as sysUpTime is
  out.put32(flowSequence_);
  out.put8(0);  // engine type
  out.put8(engineId_);
  out.put16(samplingField());
  flowSequence_ += pendingRecords();
}

}  // namespace weir
