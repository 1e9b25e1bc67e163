// SPDX-License-Identifier: Apache-2.0
#include "export/datagram_exporter.h"

#include <algorithm>

namespace weir {

namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;

/// How long a record may wait for others to share its datagram.
constexpr int64_t MAXIMUM_AGE_NS = SECOND_NS;

/// "Boot" lies this far before the first packet: no packet of a merged, badly ordered capture may
/// precede it, since sysUpTime has no negative values.
constexpr int64_t BOOT_MARGIN_NS = 86'400 * SECOND_NS;

}  // namespace

void DatagramExporter::write(const FlowRecord& record) {
  nowNs_ = std::max(nowNs_, record.endNs);
  if (record.forward.packets != 0) writeDirection(record, record.forward);
  if (record.reverse.packets != 0) writeDirection(record, record.reverse);
}

void DatagramExporter::tick(int64_t nowNs) {
  if (!started_) {
    // On a whole second: v9 headers give the export time in seconds only.
    bootNs_ = (nowNs - BOOT_MARGIN_NS) / SECOND_NS * SECOND_NS;
    started_ = true;
  }
  if (nowNs < nowNs_) flush();  // the clock was set back: what waits keeps the time it was made at
  nowNs_ = nowNs;
  if (pendingRecords() != 0 && nowNs_ - pendingSinceNs_ >= MAXIMUM_AGE_NS) flush();
  sender_->tick(nowNs);
}

void DatagramExporter::flush() {
  if (pendingRecords() != 0) sendDatagram();
  sender_->flush();
}

void DatagramExporter::finish() {
  flush();
  sender_->close();
}

void DatagramExporter::sendDatagram() {
  const size_t length = finishDatagram();
  sender_->send({buffer_.data(), length}, contents_);
  contents_ = {};
}

ExporterCounters DatagramExporter::counters() const {
  ExporterCounters counters = counters_;
  counters.sender = sender_->counters();
  return counters;
}

void DatagramExporter::noteRecord(const DirectionRecord& direction) {
  if (contents_.records++ == 0) pendingSinceNs_ = nowNs_;
  contents_.packets += direction.packets;
  contents_.octets += direction.octets;
  ++counters_.records;
  counters_.packets += direction.packets;
  counters_.octets += direction.octets;
}

void DatagramExporter::noteUnsupported(const DirectionRecord& direction) {
  ++counters_.unsupportedRecords;
  counters_.unsupportedPackets += direction.packets;
  counters_.unsupportedOctets += direction.octets;
}

}  // namespace weir
