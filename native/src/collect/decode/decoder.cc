// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/decoder.h"

#include <algorithm>
#include <set>

#include "collect/decode/message.h"

namespace weir::collect {

namespace {

/// 2000-01-01: an exporter whose clock stands before it has none.
constexpr int64_t EARLIEST_EXPORT_MS = 946'684'800'000;

}  // namespace

Decoder::Decoder(const DecoderOptions& options)
    : exporters_(options.limits, counters_),
      writer_(counters_, options.biflows),
      options_(exporters_, counters_) {}

size_t Decoder::decode(const DatagramView& datagram, FlowColumns& to,
                       std::vector<Segment>& segments) {
  if (segments.empty()) exporters_.bury();
  counters_.add(DecodeCount::datagrams);
  Message message{datagram, to, segments};
  if (message.size() < 4) {
    counters_.add(DecodeCount::truncatedHeader);
    return 0;
  }
  const size_t before = to.rows;
  constexpr uint32_t SFLOW5 = 5;
  switch (message.at16(0)) {
    case 0:
      if (message.at32(0) == SFLOW5) {
        decodeSflow(message);
      } else {
        counters_.add(DecodeCount::unsupportedVersion);
      }
      break;
    case 1:
    case 5:
    case 7:
      decodeFixed(message);
      break;
    case 9:
      decodeNetflow9(message);
      break;
    case 10:
      decodeIpfix(message);
      break;
    default:
      counters_.add(DecodeCount::unsupportedVersion);
  }
  counters_.add(DecodeCount::records, to.rows - before + message.passedOver);
  counters_.shareWith(nullptr);
  return message.passedOver;
}

bool Decoder::enter(Message& message, ExportProtocol protocol, uint32_t observationDomainId) {
  const DatagramView& datagram = message.datagram;
  message.domain =
      exporters_.domain({datagram.exporterAddress, datagram.session, protocol, observationDomainId},
                        datagram.receivedMilliseconds);
  if (message.domain == nullptr) return false;
  message.time.receivedMilliseconds = datagram.receivedMilliseconds;
  DomainStatistics& statistics = message.domain->statistics;
  counters_.shareWith(&statistics.counted);
  ++statistics.datagrams;
  statistics.octets += message.size();
  statistics.lastSeenMilliseconds = datagram.receivedMilliseconds;
  return true;
}

void Decoder::noteClock(Message& message) {
  int64_t& exported = message.time.exportMilliseconds;
  const int64_t received = message.time.receivedMilliseconds;
  if (exported < EARLIEST_EXPORT_MS) {
    counters_.add(DecodeCount::implausibleExportTimes);
    exported = received;
    return;
  }
  DomainStatistics& statistics = message.domain->statistics;
  const int64_t skew = received - exported;
  statistics.leastClockSkewMilliseconds =
      statistics.datagrams <= 1 ? skew : std::min(statistics.leastClockSkewMilliseconds, skew);
  statistics.clockSkewMilliseconds = skew;
}

void Decoder::noteSequence(Message& message, const SequenceStep& step, uint32_t units) {
  SequenceTracker& sequence = message.domain->sequence;
  sequence.end(sequence.begin(step), units);
}

/// Makes a segment of the rows of a set, or takes them away again.
void Decoder::finishRows(Message& message, const RecordSet& set, size_t from) {
  if (message.to.rows == from) return;
  message.domain->statistics.records += message.to.rows - from;
  if (set.isPassedOver()) {
    message.passedOver += message.to.rows - from;
    message.domain->statistics.limitedRecords += message.to.rows - from;
    message.to.truncate(from);
    return;
  }
  message.segments.push_back({from, message.to.rows, message.domain});
}

std::vector<DomainState> Decoder::domains() const {
  std::vector<DomainState> all;
  exporters_.forEach([&](const ExporterDomain& domain) {
    const ToldOptions& told = domain.options;
    all.push_back({domain.exporterAddress, domain.session, domain.protocol,
                   domain.observationDomainId, domain.templates.size(), told.applications.size(),
                   told.interfaces.size(), told.samplers.size(), domain.statistics,
                   domain.sequence.counts(), told.statistics});
  });
  return all;
}

std::vector<ApplicationState> Decoder::applications() const {
  std::set<ApplicationState> all;
  exporters_.forEach([&](const ExporterDomain& domain) {
    for (const auto& [id, application] : domain.options.applications)
      all.insert({id, application.name.text, application.description});
  });
  return {all.begin(), all.end()};
}

}  // namespace weir::collect
