// SPDX-License-Identifier: Apache-2.0
#include "export/message_exporter.h"

#include <algorithm>

namespace weir {

namespace {

constexpr int64_t MS_A_SECOND = 1'000;
constexpr int64_t NS_A_SECOND = 1'000'000'000;

/// How long a record may wait for others to share its message.
constexpr int64_t MAXIMUM_AGE_NS = NS_A_SECOND;

/// "Boot" lies this far before the first packet: no packet of a merged, badly ordered capture may
/// precede it, since sysUpTime has no negative values.
constexpr int64_t BOOT_MARGIN_SECONDS = 86'400;

/// The longest message there is: lengths have 16 bits.
constexpr size_t BUFFER_BYTES = 65'535;

}  // namespace

void MessageExporter::open() {
  buffer_.resize(BUFFER_BYTES);
  sender_->open();
}

void MessageExporter::tick(int64_t nowNs) {
  if (bootMs_ == NO_TIME) bootMs_ = (nowNs / NS_A_SECOND - BOOT_MARGIN_SECONDS) * MS_A_SECOND;
  if (nowNs < nowNs_) flush();  // the clock was set back: what waits keeps the time it was made at
  nowNs_ = nowNs;
  if (pendingRecords() != 0 && nowNs - contents_.sinceNs >= MAXIMUM_AGE_NS) flush();
  sender_->tick(nowNs);
}

void MessageExporter::flush() {
  sendMessage();
  sender_->flush();
}

void MessageExporter::finish() {
  flush();
  sender_->close();
}

void MessageExporter::checkSession() {
  sender_->prepare();
  if (sender_->session() == session_) return;
  session_ = sender_->session();
  sessionBegan();
}

void MessageExporter::beginMessage() {
  limitBytes_ = sender_->maximumMessageBytes();
  length_ = headerBytes_;
}

void MessageExporter::sendMessage() {
  if (length_ > headerBytes_) {
    finishMessage();
    sender_->send({buffer_.data(), length_}, contents_);
    contents_ = {};
  }
  limitBytes_ = 0;
  length_ = headerBytes_;
}

int64_t MessageExporter::exportTimeSeconds() const {
  return (nowNs_ + NS_A_SECOND - 1) / NS_A_SECOND;
}

ExporterCounters MessageExporter::counters() const {
  ExporterCounters counters = counters_;
  counters.lagNs = ageNs(oldestRecordNs(), nowNs_);
  counters.sender = sender_->counters();
  return counters;
}

int64_t MessageExporter::oldestRecordNs() const {
  const int64_t pendingNs = pendingRecords() == 0 ? NO_RECORD_WAITS : contents_.sinceNs;
  return std::min(pendingNs, sender_->oldestRecordNs());
}

void MessageExporter::noteUnsupported(const DirectionRecord& direction) {
  ++counters_.unsupportedRecords;
  counters_.unsupportedPackets += direction.packets;
  counters_.unsupportedOctets += direction.octets;
}

}  // namespace weir
