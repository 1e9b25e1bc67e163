// SPDX-License-Identifier: Apache-2.0
// The collector's decoder: whatever exporters send, one after the other, it stays inside the
// datagrams, its books add up, rows beyond the last are zero, and what it keeps is bounded.
#include <vector>

#include "collect/decode/decoder.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

using namespace collect;

constexpr int64_t START_MS = 1'700'000'000'000;
constexpr size_t MOST_ROWS = 4096;

DecoderOptions smallLimits(BiflowRows biflows) {
  DecoderOptions options;
  options.limits.exporters = 3;
  options.limits.domains = 6;
  options.limits.domainsPerExporter = 4;
  options.limits.templatesPerDomain = 8;
  options.limits.fields = 200;
  options.limits.fieldsPerExporter = 100;
  options.limits.pendingOctets = 4000;
  options.limits.pendingOctetsPerExporter = 2000;
  options.limits.options = 20;
  options.limits.optionsPerExporter = 10;
  options.biflows = biflows;
  return options;
}

Address addressOf(uint8_t number) {
  Address address{};
  address[10] = address[11] = 0xff;
  address[15] = number;
  return address;
}

void checkRow(const FlowColumns& rows, size_t row) {
  require(rows.samplingInterval[row] >= 1, "each row has a sampling interval");
  require(rows.applicationName[row] < rows.names.size(), "names are in the chunk's table");
  require(rows.serverName[row] < rows.names.size(), "names are in the chunk's table");
  require(rows.applicationName[row] != 0, "each row names an application, or unknown");
  require(rows.flowStartMilliseconds[row] <= rows.flowEndMilliseconds[row],
          "no flow ends before it starts");
}

void checkZero(const FlowColumns& rows) {
  static const FlowColumns NONE(1);
  for (size_t row = rows.rows; row < std::min(rows.capacity(), rows.rows + 64); ++row) {
#define WEIR_REQUIRE(Type, name) \
  require(rows.name[row] == NONE.name[0], "rows beyond the last are zero: " #name);
    WEIR_FLOW_COLUMNS(WEIR_REQUIRE)
#undef WEIR_REQUIRE
  }
}

void checkSegments(const std::vector<Segment>& segments, const FlowColumns& rows) {
  size_t at = 0;
  for (const Segment& segment : segments) {
    require(segment.from == at && segment.to > at, "segments follow one another");
    require(segment.domain->exporterAddress == rows.exporterAddress[segment.from],
            "a segment's rows are its exporter's");
    at = segment.to;
  }
  require(at == rows.rows, "segments cover all rows");
}

void checkBooks(const Decoder& decoder, uint64_t rows) {
  require(decoder.counters().of(DecodeCount::records) == rows, "rows are counted");
  size_t templates = 0;
  size_t options = 0;
  const auto domains = decoder.domains();
  for (const DomainState& domain : domains) {
    templates += domain.templates;
    options += domain.applications + domain.interfaces + domain.samplers;
  }
  require(domains.size() <= 6, "domains are bounded");
  require(templates <= 48, "templates are bounded");
  require(options <= 20, "options are bounded");
}

class Session {
 public:
  explicit Session(BiflowRows biflows) : decoder_(smallLimits(biflows)) {}

  void decode(const DatagramView& datagram) {
    const uint64_t passedOver = decoder_.decode(datagram, rows_, segments_);
    taken_ += passedOver;
    if (rows_.rows < MOST_ROWS) return;
    takeOut();
  }

  void takeOut() {
    for (size_t row = 0; row < rows_.rows; ++row) checkRow(rows_, row);
    checkZero(rows_);
    checkSegments(segments_, rows_);
    taken_ += rows_.rows;
    rows_.clear();
    segments_.clear();
    checkZero(rows_);
    checkBooks(decoder_, taken_);
  }

  Decoder& decoder() { return decoder_; }

 private:
  Decoder decoder_;
  FlowColumns rows_{8};
  std::vector<Segment> segments_;
  uint64_t taken_ = 0;  ///< rows, those that a rate limit passed over included
};

void restart(Session& session, int64_t now) {
  const auto state = session.decoder().exportState();
  Decoder next(smallLimits(BiflowRows::SPLIT));
  require(next.importState(state, now), "a state that was given is taken");
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::fuzz;
  using namespace weir::collect;
  FuzzInput input(data, size);
  Session session(input.integer<uint8_t>() % 2 == 0 ? BiflowRows::SPLIT : BiflowRows::KEEP);
  int64_t now = START_MS;
  while (!input.empty()) {
    const auto sender = input.integer<uint8_t>();
    now += int64_t{input.integer<uint8_t>()} * 1000;
    const ExactBlock block(input.take(input.integer<uint16_t>() % 2048));
    DatagramView datagram{block.view()};
    datagram.exporterAddress = addressOf(sender % 5);
    datagram.session = sender % 16 == 15 ? 1 : 0;
    if (sender >= 224) datagram.standsFor = sender >= 240 ? UINT32_MAX : 0;
    datagram.receivedMilliseconds = now;
    session.decode(datagram);
    if (sender == 200) session.decoder().endSession(1);
    if (sender == 201) session.decoder().expire(now + 90'000'000);
    if (sender == 202) restart(session, now);
  }
  session.takeOut();
  return 0;
}
