// SPDX-License-Identifier: Apache-2.0
// From a datagram to complete rows: decode, keep within the exporter's rate, enrich. Belongs to its
// lane's thread; counters may be read by any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "collect/columns/flow_columns.h"
#include "collect/decode/decoder.h"
#include "collect/enrich/enricher.h"
#include "collect/enrich/tables_slot.h"
#include "collect/receive/datagram.h"
#include "collect/receive/moment.h"
#include "collect/receive/rate_limiter.h"
#include "collect/receive/receive_counters.h"

namespace weir::collect {

struct RecordPathOptions {
  RateLimits rate;
  DecoderOptions decoder;
  /// What the operator says; one for all lanes, which look for news of it.
  std::shared_ptr<TablesSlot> tables = std::make_shared<TablesSlot>();
};

class RecordPath {
 public:
  RecordPath(const RecordPathOptions& options, ReceiveCounters& counters)
      : limiter_(options.rate),
        decoder_(options.decoder),
        tables_(options.tables),
        enricher_(tables_->current()),
        counters_(counters),
        longestSilenceMs_(longestSilenceOf(options.decoder.limits)) {}

  /// Appends the datagram's records as rows.
  void take(DatagramView datagram, FlowColumns& columns);

  /// Completes the rows that `take` appended since the last call; before their chunk goes away.
  void completeRows(FlowColumns& columns);

  void endSession(uint64_t session) { decoder_.endSession(session); }

  /// About once a second.
  void tick(const Moment& now);

  /// Records pile up: see RateLimiter.
  void relieve() { limiter_.relieve(); }

  [[nodiscard]] Decoder& decoder() { return decoder_; }
  [[nodiscard]] const DecodeCounters& decodeCounters() const { return decoder_.counters(); }
  [[nodiscard]] const EnrichCounters& enrichCounters() const { return enricher_.counters(); }

 private:
  static int64_t longestSilenceOf(const ExporterLimits& limits) {
    return std::max(limits.silenceMs, limits.templateLifetimeMs);
  }

  RateLimiter limiter_;
  Decoder decoder_;
  std::shared_ptr<TablesSlot> tables_;
  uint64_t tablesVersion_ = 0;
  Enricher enricher_;
  ReceiveCounters& counters_;
  std::vector<Segment> segments_;
  Moment expired_{};
  /// By the monotonic clock: nobody is forgotten before.
  int64_t patientUntilMs_ = 0;
  int64_t longestSilenceMs_;
};

}  // namespace weir::collect
