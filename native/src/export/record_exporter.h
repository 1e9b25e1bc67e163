// SPDX-License-Identifier: Apache-2.0
// The one interface of the export stage: a lane writes its records to each of its exporters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/packet_sampler.h"
#include "export/message_sender.h"
#include "flow/flow_record.h"

namespace weir {

/// What became of the records that an exporter was given. One biflow record can be several records
/// on the wire (one for each direction), so the sums of octets and packets are what must add up.
struct ExporterCounters {
  uint64_t records = 0;  ///< on the wire
  uint64_t packets = 0;  ///< sum of packetDeltaCount in them
  uint64_t octets = 0;
  uint64_t unsupportedRecords = 0;  ///< the protocol cannot say them (v5: IPv6)
  uint64_t unsupportedPackets = 0;
  uint64_t unsupportedOctets = 0;
  /// Of `records`: without a value that does not fit the protocol (v5: ifIndex above 65535).
  uint64_t incompleteRecords = 0;
  /// At this moment, by the lane's clock: the age of the oldest record that has not been handed to
  /// the network (stream: not acknowledged) or the file. 0: none waits.
  uint64_t lagNs = 0;
  SenderCounters sender;  ///< what became of the messages that hold the records
};

/// How long a record has waited; the clock may have been set back meanwhile.
constexpr uint64_t ageNs(int64_t sinceNs, int64_t nowNs) {
  return sinceNs < nowNs ? static_cast<uint64_t>(nowNs - sinceNs) : 0;
}

/// A name that records may carry.
struct ApplicationRow {
  uint32_t selector = 0;    ///< 3 octets, under classification engine 6 (RFC 6759)
  std::string name;         ///< element 96, at most 24 octets
  std::string description;  ///< element 94, at most 55 octets
  std::string category;     ///< element 372, at most 24 octets
  std::string subCategory;  ///< element 373: "protocol", or "service" inside one
};

/// A name of an interface that records may come from.
struct InterfaceRow {
  uint32_t index = 0;
  std::string name;
  std::string description;  ///< the operator's own words, often empty
};

/// IP packets that nobody looked at or that are in no record, since the lane's start. The octets
/// are without what the kernel dropped: it counts packets only.
struct IgnoredTraffic {
  uint64_t packets = 0;
  uint64_t octets = 0;
};

/// Owned and used by one lane.
class RecordExporter {
 public:
  virtual ~RecordExporter() = default;

  virtual void write(const FlowRecord& record) = 0;

  /// The lane's clock went on; sends what has waited long enough.
  virtual void tick(int64_t nowNs) = 0;

  /// Sends everything that is buffered.
  virtual void flush() = 0;

  /// After the last record: sends everything and ends; may wait for a collector, up to a bound.
  virtual void finish() { flush(); }

  /// As MessageSender::stopWaiting; may be called from any thread.
  virtual void stopWaiting() {}

  // What exporters tell collectors beside the records. A change is announced at once: the records
  // written before it are announced with what was true for them.
  virtual void setApplications(const std::vector<ApplicationRow>& /*rows*/) {}
  virtual void setInterfaces(const std::vector<InterfaceRow>& /*rows*/) {}
  virtual void setSampling(const SamplingState& /*sampling*/) {}
  /// Announced when it is time to; cheap.
  virtual void setIgnored(const IgnoredTraffic& /*ignored*/) {}
  /// Announces at once what `setIgnored` said last, and the books of the export.
  virtual void tellStatistics() {}

  [[nodiscard]] virtual ExporterCounters counters() const { return counters_; }

 protected:
  ExporterCounters counters_;
};

}  // namespace weir
