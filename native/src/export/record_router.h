// SPDX-License-Identifier: Apache-2.0
// Which exporters get a record: all of them, or of those that share the load only the flow's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "export/record_exporter.h"

namespace weir {

/// Always the same number for a flow, in both directions, in every lane and every probe: from its
/// addresses, its ports and its protocol, and no seed.
uint64_t flowShare(const FlowRecord& record);

class RecordRouter {
 public:
  /// Every exporter gets every record.
  RecordRouter() = default;

  /// The first `sharing` exporters share the flows; the others get every record.
  explicit RecordRouter(size_t sharing) : sharing_(sharing) {}

  void write(const FlowRecord& record,
             std::span<const std::unique_ptr<RecordExporter>> exporters) const {
    const size_t chosen = sharing_ < 2 ? 0 : flowShare(record) % sharing_;
    for (size_t i = 0; i < exporters.size(); ++i) {
      if (i >= sharing_ || i == chosen) exporters[i]->write(record);
    }
  }

 private:
  size_t sharing_ = 0;
};

}  // namespace weir
