// SPDX-License-Identifier: Apache-2.0
// Turns the records of a data set into rows. One for each decoder; one thread.
#pragma once

#include <algorithm>
#include <array>

#include "collect/decode/decode_counters.h"
#include "collect/decode/exporter_domain.h"
#include "collect/decode/record_run.h"
#include "collect/decode/template.h"

namespace weir::collect {

/// Records of both directions (RFC 5103; 231 and 232 of firewalls).
enum class BiflowRows : uint8_t {
  SPLIT,  ///< a row for each direction that has packets or octets
  KEEP    ///< one row with reverseOctets and reversePackets
};

/// Octets of records with what the message's header says of them.
struct RecordSet {
  ExporterDomain& domain;
  const uint8_t* begin;
  const uint8_t* end;
  ExportTime time;
  /// See DatagramView; a set that waits for its template keeps that of its own datagram.
  uint32_t standsFor = 1;

  [[nodiscard]] bool isPassedOver() const { return standsFor == 0; }
  /// What octets and packets are multiplied by.
  [[nodiscard]] uint32_t weight() const { return std::max(standsFor, 1U); }
};

class RecordWriter {
 public:
  RecordWriter(DecodeCounters& counters, BiflowRows biflows);

  /// Appends a row for each record (of biflows one or two); returns how many records the set has.
  size_t write(const Template& form, const RecordSet& set, FlowColumns& to);

  /// Fills what all rows of a segment share: exporter, protocol, domain, time received.
  void writeOrigin(const RecordSet& set, size_t from, FlowColumns& to);

  /// Multiplies octets and packets of the rows [from, rows) by `interval` and notes it there.
  void applySampling(const RecordSet& set, size_t from, uint32_t interval, FlowColumns& to);

  /// Start and end that cannot be become the time of export.
  void completeTimes(const RecordSet& set, size_t from, FlowColumns& to);

  /// Names the rows [from, rows) whose application nobody told.
  void nameUnknown(size_t from, FlowColumns& to);
  void nameInterfaces(const RecordSet& set, size_t from, FlowColumns& to);

 private:
  size_t writeFixed(const Template& form, const RecordSet& set, FlowColumns& to);
  size_t writeEach(const Template& form, const RecordSet& set, FlowColumns& to);
  struct OneRecord {
    const RecordSet& set;
    const uint8_t* begin;
    size_t entry;
  };
  void writeOne(const Template& form, const OneRecord& record, FlowColumns& to);
  void resetReverse(const Template& form, size_t records);
  [[nodiscard]] bool countsTraffic(const Template& form, const uint8_t* record) const;

  void complete(const Template& form, const RecordSet& set, size_t from, FlowColumns& to);
  void forgetTimes(size_t from, FlowColumns& to);
  void resolveUptimes(const RecordSet& set, size_t from, FlowColumns& to);
  void resolveDurations(size_t from, FlowColumns& to);
  void undoSampling(const Template& form, const RecordSet& set, size_t from, FlowColumns& to);
  uint32_t intervalOf(const ExporterDomain& domain, size_t entry, uint32_t ingress) const;
  void multiply(size_t row, uint64_t interval, FlowColumns& to);
  void completeIcmp(const Template& form, size_t from, FlowColumns& to);
  void nameApplications(const RecordSet& set, size_t from, FlowColumns& to);
  void splitBiflows(const Template& form, const RecordSet& set, size_t from, FlowColumns& to);
  void appendReverse(const Template& form, size_t row, size_t entry, FlowColumns& to);
  void keepReverse(size_t from, FlowColumns& to);

  DecodeCounters& counters_;
  BiflowRows biflows_;
  RecordScratch scratch_;
  /// The reverse direction of the records of a set; row i is of the i-th.
  FlowColumns reverse_{64};
  std::vector<FieldPlace> places_;
  std::array<NameHandle, static_cast<size_t>(ExportProtocol::COUNT)> protocols_;
  NameHandle unknown_{"unknown"};
  NameHandle fromExporter_{"exporter"};
  NameHandle fromPayload_{"payload"};
};

}  // namespace weir::collect
