// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/record_path.h"

namespace weir::collect {

namespace {

constexpr int64_t EXPIRY_MS = 60'000;
/// More than that between two clocks is no drift.
constexpr int64_t CLOCK_STEP_MS = 10'000;

}  // namespace

/// What a rate limit passes over is decoded all the same: sequence numbers, templates and options
/// do not suffer from it.
void RecordPath::take(DatagramView datagram, FlowColumns& columns) {
  datagram.standsFor = limiter_.weigh(datagram.exporterAddress, datagram.receivedMilliseconds);
  const size_t before = columns.rows;
  const size_t passedOver = decoder_.decode(datagram, columns, segments_);
  limiter_.settle(columns.rows - before + passedOver);
  if (datagram.standsFor == 0) counters_.add(ReceiveCount::limitedDatagrams);
  counters_.add(ReceiveCount::limitedRecords, passedOver);
}

void RecordPath::completeRows(FlowColumns& columns) {
  const uint64_t version = tables_->version();
  if (version != tablesVersion_) {
    tablesVersion_ = version;
    enricher_.use(tables_->current());
  }
  for (const Segment& segment : segments_) enricher_.enrich(columns, segment.from, segment.to);
  segments_.clear();
}

/// Exporters and templates have times since the epoch. When that clock was set forward all look
/// old, so they get as long as they may be silent to be heard again.
void RecordPath::tick(const Moment& now) {
  const int64_t passed = now.monotonicMilliseconds - expired_.monotonicMilliseconds;
  if (passed < EXPIRY_MS) return;
  const int64_t step = now.epochMilliseconds - expired_.epochMilliseconds - passed;
  const bool isFirst = expired_.epochMilliseconds == 0;
  expired_ = now;
  if (!isFirst && step > CLOCK_STEP_MS)
    patientUntilMs_ = now.monotonicMilliseconds + longestSilenceMs_;
  if (now.monotonicMilliseconds >= patientUntilMs_) decoder_.expire(now.epochMilliseconds);
}

}  // namespace weir::collect
