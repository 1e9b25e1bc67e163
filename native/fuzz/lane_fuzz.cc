// SPDX-License-Identifier: Apache-2.0
// A whole lane, from frames to records: decode, flow keeping, classification with its reassembly
// and its readers of control channels. Every captured packet must be in a record or be an
// exception.
#include <memory>

#include "classify/matcher.h"
#include "frame_input.h"
#include "lane/lane.h"

namespace weir::fuzz {
namespace {

/// Gives the frames, then ends.
class FrameSource final : public PacketSource {
 public:
  explicit FrameSource(const FrameSequence& frames) : views_(frames.views) {}

  size_t receive(std::span<PacketView> batch) override {
    const size_t count = std::min(batch.size(), views_.size());
    std::copy_n(views_.begin(), count, batch.begin());
    if (count > 0) clockNs_ = views_[count - 1].timestampNs;
    views_ = views_.subspan(count);
    return count;
  }
  void stop() override { views_ = {}; }
  [[nodiscard]] bool finished() const override { return views_.empty(); }
  [[nodiscard]] int64_t clockNs() const override { return clockNs_; }
  [[nodiscard]] CaptureCounters counters() override { return {}; }

 private:
  std::span<const PacketView> views_;
  int64_t clockNs_ = NO_TIME;
};

/// Adds up what the lane exports.
class Adder final : public RecordExporter {
 public:
  explicit Adder(PacketSum& sum) : sum_(sum) {}

  void write(const FlowRecord& record) override {
    sum_.packets += record.forward.packets + record.reverse.packets;
    sum_.octets += record.forward.octets + record.reverse.octets;
  }
  void tick(int64_t) override {}
  void setApplications(const std::vector<ApplicationRow>&) override {}
  void flush() override {}

 private:
  PacketSum& sum_;
};

Pattern pattern(const char* regex, uint32_t application, Transport transport, StreamSide side) {
  return {.regex = regex,
          .transport = transport,
          .side = side,
          .application = application,
          .source = "fuzz"};
}

SignatureSet signatures() {
  constexpr uint32_t FTP = 1;
  constexpr uint32_t SIP = 2;
  SignatureSet set;
  set.patterns = {
      pattern("^220[ -]", FTP, Transport::TCP, StreamSide::SERVER),
      pattern("^(INVITE|REGISTER) sip:", SIP, Transport::UDP, StreamSide::CLIENT),
      pattern("^(INVITE|REGISTER) sip:", SIP, Transport::TCP, StreamSide::CLIENT),
      pattern("^\\x16\\x03", 6, Transport::TCP, StreamSide::CLIENT),
      pattern("^SSH-", 7, Transport::TCP, StreamSide::SERVER),
      pattern("^.\\x13BitT", 8, Transport::UDP, StreamSide::SERVER),
  };
  set.known = {.ftp = FTP, .ftpData = 3, .sip = SIP, .rtp = 4, .rtcp = 5};
  return set;
}

PacketSum exceptionsOf(const LaneCounters& counters) {
  PacketSum sum;
  for (const PacketSum& reason : counters.exceptions) {
    sum.packets += reason.packets;
    sum.octets += reason.octets;
  }
  return sum;
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  static const auto database = createMatcherDatabase(Engine::HYPERSCAN, signatures());
  FuzzInput input(data, size);
  const FrameSequence frames = readFrames(input);
  FlowTableOptions tableOptions;
  tableOptions.maximumFlows = 16;
  const ClassifierOptions classifierOptions{.undecidedFlowsMax = 8, .expectationsMax = 4};
  PacketSum exported;
  LaneParts parts;
  parts.source = std::make_unique<FrameSource>(frames);
  parts.table = std::make_unique<FlowTable>(tableOptions, FlowHash::Seed{1, 2, 3, 4, 5, 6});
  parts.classifier = std::make_unique<ClassifierSuccession>(
      std::make_unique<Classifier>(database, classifierOptions));
  parts.exporters.push_back(std::make_unique<Adder>(exported));
  parts.earlyExport = EarlyExport::ON_CLASSIFY;
  Lane lane(std::move(parts));
  lane.run();
  const LaneCounters counters = lane.counters();
  const PacketSum exceptions = exceptionsOf(counters);
  require(counters.captured.packets == frames.views.size(), "every frame is captured");
  require(exported.packets + exceptions.packets == counters.captured.packets, "packets add up");
  require(exported.octets + exceptions.octets == counters.captured.octets, "octets add up");
  require(counters.liveFlows == 0, "no flow is left");
  const ClassifierCounters& naming = counters.classifier;
  require(naming.undecidedFlows == 0, "no flow is left to classify");
  require(naming.decidedFlows + naming.exhaustedFlows + naming.endedUndecidedFlows +
                  naming.unscannableFlows + naming.slotShortageFlows + naming.shedFlows ==
              counters.table.flows,
          "every flow is named, or counted by why it is not");
  return 0;
}
