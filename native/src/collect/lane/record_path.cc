// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/record_path.h"

#include <algorithm>

namespace weir::collect {

namespace {

constexpr int64_t EXPIRY_MS = 60'000;

}  // namespace

/// What a rate limit passes over is decoded all the same: sequence numbers, templates and options
/// do not suffer from it.
void RecordPath::take(DatagramView datagram, FlowColumns& columns) {
  const uint32_t factor = limiter_.weigh(datagram.exporterAddress, datagram.receivedMilliseconds);
  datagram.standsFor = std::max(factor, 1U);
  const size_t rows = columns.rows;
  const size_t segments = segments_.size();
  decoder_.decode(datagram, columns, segments_);
  const size_t records = columns.rows - rows;
  limiter_.settle(records);
  if (factor > 0) return;
  columns.truncate(rows);
  segments_.resize(segments);
  counters_.add(ReceiveCount::limitedDatagrams);
  counters_.add(ReceiveCount::limitedRecords, records);
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

void RecordPath::tick(int64_t nowMilliseconds) {
  if (nowMilliseconds - expiredMs_ < EXPIRY_MS) return;
  expiredMs_ = nowMilliseconds;
  decoder_.expire(nowMilliseconds);
}

}  // namespace weir::collect
