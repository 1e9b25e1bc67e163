// SPDX-License-Identifier: Apache-2.0
// Turns export messages of NetFlow v1, v5, v7, v9, IPFIX and sFlow v5 into rows. One for each lane,
// used by that lane's thread alone; only `counters` may be read by others. Never throws on what a
// datagram holds: that is counted.
#pragma once

#include <compare>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "collect/decode/decode_counters.h"
#include "collect/decode/exporter_table.h"
#include "collect/decode/options_reader.h"
#include "collect/decode/record_writer.h"
#include "collect/receive/datagram.h"

namespace weir::collect {

struct DecoderOptions {
  ExporterLimits limits;
  BiflowRows biflows = BiflowRows::SPLIT;
};

/// Rows in a row that one domain sent.
struct Segment {
  size_t from;
  size_t to;
  /// Holds until `decode` is called with no segments.
  ExporterDomain* domain;
};

/// What is known of one exporter, protocol and observation domain: a copy that may go anywhere.
struct DomainState {
  Address exporterAddress;
  uint64_t session;
  ExportProtocol protocol;
  uint32_t observationDomainId;
  size_t templates;
  size_t applications;
  size_t interfaces;
  size_t samplers;
  DomainStatistics statistics;
  SequenceCounts sequence;
  ToldStatistics told;
};

/// An entry of an exporter's application table.
struct ApplicationState {
  uint64_t id;  ///< classification engine × 2^56 + selector (RFC 6759 4.1)
  std::string name;
  std::string description;

  // clang-tidy 14 takes the zero of a generated comparison for a null pointer.
  auto operator<=>(const ApplicationState&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A template as it is shared with other collectors and kept over a restart.
struct SharedTemplate {
  Address exporterAddress;
  ExportProtocol protocol;
  uint32_t observationDomainId;
  TemplateDefinition definition;
  /// When the exporter told it last, by the clock of the collector that heard it.
  int64_t toldMilliseconds;
  /// Grows with each template that a decoder learns.
  uint64_t change;
};

class Decoder {
 public:
  explicit Decoder(const DecoderOptions& options);

  /// Appends the datagram's records as rows, in segments, those that waited for a template of it
  /// included. Returns how many rows were not appended, because a rate limit passed over the
  /// datagram that they came in.
  size_t decode(const DatagramView& datagram, FlowColumns& to, std::vector<Segment>& segments);

  /// The connection ended, and what its exporter told with it.
  void endSession(uint64_t session) { exporters_.endSession(session); }

  /// Forgets who was silent for too long; about once a minute.
  void expire(int64_t nowMilliseconds) { exporters_.expire(nowMilliseconds); }

  [[nodiscard]] const DecodeCounters& counters() const { return counters_; }
  [[nodiscard]] std::vector<DomainState> domains() const;
  /// What all exporters tell, each once, in order.
  [[nodiscard]] std::vector<ApplicationState> applications() const;

  /// Templates learnt over UDP after the change `since`, in no order; returns the last change. 0
  /// gives all.
  uint64_t forEachTemplate(uint64_t since,
                           const std::function<void(const SharedTemplate&)>& visit) const;

  /// Takes a template that another collector learnt, unless one with its id was told later, or the
  /// exporter told its own here and has used that since. Data that waited for it is decoded with
  /// the exporter's next datagram.
  void importTemplate(const SharedTemplate& shared, int64_t nowMilliseconds);

  /// Templates, options, and sequence numbers of exporters over UDP, for the next start.
  [[nodiscard]] std::vector<uint8_t> exportState() const;

  /// Takes what `exportState` gave, of the exporters that `owns` accepts; false, and nothing is
  /// changed, when it is not whole or of another version.
  bool importState(
      std::span<const uint8_t> state, int64_t nowMilliseconds,
      const std::function<bool(const Address&)>& owns = [](const Address&) { return true; });

 private:
  struct Message;

  void decodeFixed(Message& message);
  void decodeNetflow9(Message& message);
  void decodeIpfix(Message& message);
  void decodeSflow(Message& message);
  void takeSample(Message& message, uint32_t format, std::span<const uint8_t> octets);
  bool enter(Message& message, ExportProtocol protocol, uint32_t observationDomainId);
  void noteClock(Message& message);
  void noteSequence(Message& message, const SequenceStep& step, uint32_t units);

  bool decodeSets(Message& message, const uint8_t* at);
  void decodeSet(Message& message, uint16_t id, const RecordSet& set);
  void decodeData(Message& message, Template& form, const RecordSet& set);
  void waitForTemplate(Message& message, uint16_t id, const RecordSet& set);
  void readTemplates(Message& message, const RecordSet& set, TemplateKind kind);
  void withdraw(Message& message, uint16_t id, TemplateKind kind);
  void learn(Message& message, TemplateDefinition definition);
  void replay(Message& message, Template& form);
  void replayAll(Message& message);
  void finishRows(Message& message, const RecordSet& set, size_t from);

  DecodeCounters counters_;
  ExporterTable exporters_;
  RecordWriter writer_;
  OptionsReader options_;
};

}  // namespace weir::collect
