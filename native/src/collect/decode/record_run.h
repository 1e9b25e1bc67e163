// SPDX-License-Identifier: Apache-2.0
// Records of one form in a row, and where their fields go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// What the header of a message says of the time.
struct ExportTime {
  /// Since the epoch, by the exporter's clock; the time received where that clock cannot be right.
  int64_t exportMilliseconds = 0;
  /// Milliseconds since the exporter started, at export; modulo 2^32.
  uint32_t sysUptime = 0;
  bool hasSysUptime = true;
  int64_t receivedMilliseconds = 0;
};

/// Fields that decide about a row but are no columns; entry i is of the i-th record of a set.
struct RecordScratch {
  std::vector<uint64_t> samplerId;
  std::vector<uint32_t> samplingInterval;
  std::vector<uint32_t> samplingPacketInterval;
  std::vector<uint32_t> samplingPacketSpace;
  /// Classification engine × 2^56 + selector (RFC 6759 4.1); 0: not told.
  std::vector<uint64_t> applicationId;
  /// 0: not told.
  std::vector<uint64_t> commonPropertiesId;
  /// sysUptime of IPFIX, whose header has none: they count from systemInit.
  std::vector<uint32_t> startUptime;
  std::vector<uint32_t> endUptime;
  std::vector<int64_t> systemInit;
  std::vector<uint64_t> durationMicroseconds;

  /// All entries are zero after it.
  void reset(size_t records);
};

struct RecordRun {
  FlowColumns& columns;
  RecordScratch& scratch;
  const ExportTime& time;
  /// Of the first record: its row, and its entry in `scratch`.
  size_t row;
  size_t entry;
  size_t count;
  /// Octets from one record to the next.
  size_t stride;
};

/// `field` is the field's first octet in the first record. All of it lies inside of the set.
using StepFunction = void (*)(const RecordRun& run, const uint8_t* field, size_t length);

}  // namespace weir::collect
