// SPDX-License-Identifier: Apache-2.0
#include "lane/lane.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "classify/matcher.h"
#include "decode/test_frames.h"

namespace weir {
namespace {

constexpr uint32_t FLOWS = 50;

/// Gives the same frames over and over, and claims that more and more are waiting or none.
class PressingSource final : public PacketSource {
 public:
  PressingSource(std::vector<std::vector<uint8_t>> frames, uint64_t receives, double pressure)
      : frames_(std::move(frames)), receives_(receives), pressure_(pressure) {}

  size_t receive(std::span<PacketView> batch) override {
    if (receives_ == 0) return 0;
    --receives_;
    nowNs_ += 100'000;
    for (PacketView& view : batch) {
      const std::vector<uint8_t>& frame = frames_[next_++ % frames_.size()];
      view = PacketView{};
      view.data = frame.data();
      view.capturedLengthBytes = view.originalLengthBytes = static_cast<uint32_t>(frame.size());
      view.timestampNs = nowNs_;
    }
    given += batch.size();
    return batch.size();
  }
  void stop() override { receives_ = 0; }
  [[nodiscard]] bool finished() const override { return receives_ == 0; }
  [[nodiscard]] int64_t clockNs() const override { return nowNs_; }
  [[nodiscard]] double pressure() override { return pressure_; }
  [[nodiscard]] CaptureCounters counters() override { return {}; }

  uint64_t given = 0;

 private:
  std::vector<std::vector<uint8_t>> frames_;
  uint64_t receives_;
  double pressure_;
  size_t next_ = 0;
  int64_t nowNs_ = 1'700'000'000'000'000'000;
};

/// Adds up what it is given; remembers what it was told of sampling.
class Sums final : public RecordExporter {
 public:
  void write(const FlowRecord& record) override {
    packets += record.forward.packets + record.reverse.packets;
  }
  void tick(int64_t) override {}
  void flush() override {}
  void setSampling(const SamplingState& sampling) override { told.push_back(sampling.interval); }

  uint64_t packets = 0;
  std::vector<uint32_t> told;
};

std::vector<std::vector<uint8_t>> udpFrames() {
  std::vector<std::vector<uint8_t>> frames;
  for (uint16_t port = 1; port <= FLOWS; ++port)
    frames.push_back(test::ethernet(
        {}, test::ipv4({.protocol = 17}, test::udp({port, 53}, test::text("hello")))));
  return frames;
}

struct Run {
  LaneCounters counters;
  uint64_t exportedPackets;
  std::vector<uint32_t> told;
};

Run runLane(SamplingState sampling, double pressure, OverloadPolicy policy) {
  LaneParts parts;
  parts.source = std::make_unique<PressingSource>(udpFrames(), 8'000, pressure);
  parts.table = std::make_unique<FlowTable>(FlowTableOptions{}, FlowHash::randomSeed());
  parts.classifier = std::make_unique<ClassifierSuccession>(
      std::make_unique<Classifier>(createMatcherDatabase(Engine::NONE, {}), ClassifierOptions{}));
  parts.sampling = sampling;
  parts.overloadPolicy = policy;
  auto exporter = std::make_unique<Sums>();
  Sums& sums = *exporter;
  parts.exporters.push_back(std::move(exporter));
  Lane lane(std::move(parts));
  lane.run();
  return {lane.counters(), sums.packets, sums.told};
}

void checkBooks(const Run& run) {
  const LaneCounters& counters = run.counters;
  CHECK(counters.captured.packets == counters.recorded.packets + counters.notSampled.packets);
  CHECK(counters.recorded.packets == run.exportedPackets);
  CHECK(counters.captured.packets == 8'000 * 64);
}

TEST_CASE("sampling takes one of N, and the books say where the others are") {
  for (const auto algorithm :
       {SamplingAlgorithm::SYSTEMATIC_COUNT, SamplingAlgorithm::RANDOM_OUT_OF_N}) {
    const Run run = runLane({10, algorithm}, 0, OverloadPolicy::DEGRADE);
    checkBooks(run);
    CHECK(run.counters.recorded.packets == 8'000 * 64 / 10);
    CHECK(run.told == std::vector<uint32_t>{10});
    CHECK(run.counters.samplingInterval == 10);
    CHECK(run.counters.overloadLevel == 0);
  }
}

TEST_CASE("under pressure a lane samples more and more, tells its exporters, and loses nothing") {
  const Run run = runLane({2, SamplingAlgorithm::SYSTEMATIC_COUNT}, 1, OverloadPolicy::DEGRADE);
  checkBooks(run);
  CHECK(run.counters.overloadLevel > OverloadGovernor::LEVEL_NO_NAMES);
  CHECK(run.counters.overloadChanges == run.counters.overloadLevel);
  REQUIRE(run.told.size() == run.counters.overloadLevel);
  for (size_t i = 0; i < run.told.size(); ++i) CHECK(run.told[i] == 2U << i);
  CHECK(run.counters.samplingInterval == run.told.back());
}

TEST_CASE("a lane that must not degrade looks at every packet whatever the pressure") {
  const Run run = runLane({}, 1, OverloadPolicy::DROP);
  checkBooks(run);
  CHECK(run.counters.notSampled.packets == 0);
  CHECK(run.counters.overloadLevel == 0);
}

}  // namespace
}  // namespace weir
