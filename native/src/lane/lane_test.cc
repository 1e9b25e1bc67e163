// SPDX-License-Identifier: Apache-2.0
#include "lane/lane.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "classify/matcher.h"
#include "coded_error.h"
#include "decode/test_frames.h"
#include "lane/lane_threads.h"

namespace weir {
namespace {

constexpr uint32_t FLOWS = 50;
constexpr uint64_t RECEIVES = 8'000;
constexpr uint64_t PACKETS = RECEIVES * 64;

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
  [[nodiscard]] CaptureCounters counters() override {
    return {.kernelDroppedPackets = given / 10, .interfaceReturns = given / RETURNS_AFTER};
  }

  static constexpr uint64_t RETURNS_AFTER = 200'000;
  uint64_t given = 0;

 private:
  std::vector<std::vector<uint8_t>> frames_;
  uint64_t receives_;
  double pressure_;
  size_t next_ = 0;
  int64_t nowNs_ = 1'700'000'000'000'000'000;
};

/// What an exporter was given and told.
struct Heard {
  uint64_t packets = 0;
  uint64_t octets = 0;
  std::vector<uint32_t> intervals;
  std::vector<uint32_t> interfaces;
  IgnoredTraffic ignored;
  uint64_t statistics = 0;       ///< times that they were to be told at once
  uint64_t ignoredWhenTold = 0;  ///< packets, the last of these times
};

class Ears final : public RecordExporter {
 public:
  explicit Ears(Heard& heard) : heard_(heard) {}
  void write(const FlowRecord& record) override {
    heard_.packets += record.forward.packets + record.reverse.packets;
    heard_.octets += record.forward.octets + record.reverse.octets;
  }
  void tick(int64_t) override {}
  void flush() override {}
  void setSampling(const SamplingState& sampling) override {
    heard_.intervals.push_back(sampling.interval);
  }
  void setInterfaces(const std::vector<InterfaceRow>& rows) override {
    heard_.interfaces.push_back(rows.at(0).index);
  }
  void setIgnored(const IgnoredTraffic& ignored) override { heard_.ignored = ignored; }
  void tellStatistics() override {
    ++heard_.statistics;
    heard_.ignoredWhenTold = heard_.ignored.packets;
  }

 private:
  Heard& heard_;
};

/// One of each flow, of as many octets as it is counted with, and one that is in no flow.
std::vector<std::vector<uint8_t>> udpFrames() {
  std::vector<std::vector<uint8_t>> frames{std::vector<uint8_t>(60)};
  for (uint16_t port = 1; port <= FLOWS; ++port)
    frames.push_back(test::ethernet(
        {}, test::ipv4({.protocol = 17}, test::udp({port, 53}, test::text("hello")))));
  return frames;
}

struct Run {
  LaneCounters counters;
  Heard heard;
};

LaneParts partsOf(uint64_t receives, double pressure) {
  LaneParts parts;
  parts.source = std::make_unique<PressingSource>(udpFrames(), receives, pressure);
  parts.table = std::make_unique<FlowTable>(FlowTableOptions{}, FlowHash::randomSeed());
  parts.classifier = std::make_unique<ClassifierSuccession>(
      std::make_unique<Classifier>(createMatcherDatabase(Engine::NONE, {}), ClassifierOptions{}));
  return parts;
}

Run runLane(SamplingState sampling, double pressure, OverloadPolicy policy) {
  LaneParts parts = partsOf(RECEIVES, pressure);
  parts.sampling = sampling;
  parts.overloadPolicy = policy;
  parts.interfaceNames = [next = 7U]() mutable -> std::vector<InterfaceRow> {
    return {{next++, "eth0", ""}};
  };
  Run run;
  parts.exporters.push_back(std::make_unique<Ears>(run.heard));
  Lane lane(std::move(parts));
  lane.run();
  run.counters = lane.counters();
  return run;
}

void checkBooks(const Run& run) {
  const LaneCounters& counters = run.counters;
  const PacketSum& exceptions = counters.exceptions[static_cast<size_t>(Exception::NON_IP)];
  CHECK(counters.captured.packets + counters.estimated.packets ==
        counters.recorded.packets + exceptions.packets + counters.notSampled.packets);
  CHECK(counters.captured.octets + counters.estimated.octets ==
        counters.recorded.octets + exceptions.octets + counters.notSampled.octets);
  CHECK(counters.recorded.packets == run.heard.packets);
  CHECK(counters.recorded.octets == run.heard.octets);
  CHECK(counters.captured.packets == PACKETS);
  CHECK(run.heard.ignored.packets == counters.notSampled.packets + PACKETS / 10);
  CHECK(run.heard.ignored.octets == counters.notSampled.octets);
}

TEST_CASE("sampling takes one of N, and the books say where the others are") {
  for (const auto algorithm :
       {SamplingAlgorithm::SYSTEMATIC_COUNT, SamplingAlgorithm::RANDOM_OUT_OF_N}) {
    const Run run = runLane({10, algorithm}, 0, OverloadPolicy::DEGRADE);
    checkBooks(run);
    const auto& exceptions = run.counters.exceptions[static_cast<size_t>(Exception::NON_IP)];
    CHECK(run.counters.recorded.packets + exceptions.packets == PACKETS / 10);
    CHECK(run.counters.estimated.packets == 0);
    CHECK(run.heard.intervals == std::vector<uint32_t>{10});
    CHECK(run.heard.statistics == 0);
    CHECK(run.counters.samplingInterval == 10);
    CHECK(run.counters.samplingFactor == 1);
    CHECK(run.counters.overloadLevel == 0);
  }
}

TEST_CASE("what a lane passes over under pressure its records make good, at a steady interval") {
  for (const auto algorithm :
       {SamplingAlgorithm::SYSTEMATIC_COUNT, SamplingAlgorithm::RANDOM_OUT_OF_N}) {
    const Run run = runLane({2, algorithm}, 1, OverloadPolicy::DEGRADE);
    checkBooks(run);
    CHECK(run.counters.overloadLevel >= OverloadGovernor::LEVEL_SAMPLING);
    CHECK(run.counters.overloadChanges == run.counters.overloadLevel);
    CHECK(run.counters.samplingFactor == 1U << (run.counters.overloadLevel - 1));
    CHECK(run.heard.intervals == std::vector<uint32_t>{2});
    CHECK(run.counters.samplingInterval == 2);
    // Every level costs at most the window that it ends, and chance a few more.
    const double looked = PACKETS / 2.0 * FLOWS / (FLOWS + 1);
    CHECK(static_cast<double>(run.heard.packets) == doctest::Approx(looked).epsilon(0.1));
    CHECK(run.counters.estimated.packets > 0);
  }
}

TEST_CASE("every change of what is given up is told at once") {
  const Run run = runLane({}, 1, OverloadPolicy::DEGRADE);
  CHECK(run.heard.statistics == run.counters.overloadChanges);
  CHECK(run.heard.ignoredWhenTold > 0);
}

TEST_CASE("an interface that has come back is announced with its new number") {
  const Run run = runLane({}, 0, OverloadPolicy::DEGRADE);
  CHECK(run.heard.interfaces == std::vector<uint32_t>{7, 8, 9});
}

TEST_CASE("a lane that must not degrade looks at every packet whatever the pressure") {
  const Run run = runLane({}, 1, OverloadPolicy::DROP);
  checkBooks(run);
  CHECK(run.counters.notSampled.packets == 0);
  CHECK(run.counters.overloadLevel == 0);
}

/// Cannot go on after a while.
class FailingExporter final : public RecordExporter {
 public:
  void write(const FlowRecord&) override {}
  void tick(int64_t) override {
    if (++ticks_ == 1000) throw std::bad_alloc();
  }
  void flush() override {}

 private:
  int ticks_ = 0;
};

TEST_CASE("a lane that fails ends the others, whose books are whole, and it is said why") {
  constexpr uint64_t WITHOUT_END = UINT64_MAX;
  std::vector<Heard> heard(3);
  std::vector<std::unique_ptr<Lane>> lanes;
  for (size_t index = 0; index < heard.size(); ++index) {
    LaneParts parts = partsOf(WITHOUT_END, 0);
    if (index == 1) {
      parts.exporters.push_back(std::make_unique<FailingExporter>());
    } else {
      parts.exporters.push_back(std::make_unique<Ears>(heard[index]));
    }
    lanes.push_back(std::make_unique<Lane>(std::move(parts)));
  }
  LaneThreads threads([&lanes] {
    for (const auto& lane : lanes) lane->stop();
  });
  for (const auto& lane : lanes) threads.start(*lane);
  std::string code;
  std::string text;
  try {
    threads.wait();
  } catch (const CodedError& error) {
    code = error.code();
    text = error.what();
  }
  CHECK(code == "WEIR_PROBE_LANE_FAILED");
  CHECK(text.find("lane 1 has failed: not enough memory") == 0);
  for (const size_t index : {0, 2}) {
    const LaneCounters counters = lanes[index]->counters();
    const PacketSum& exceptions = counters.exceptions[static_cast<size_t>(Exception::NON_IP)];
    CHECK(counters.captured.packets == counters.recorded.packets + exceptions.packets);
    CHECK(counters.recorded.packets == heard[index].packets);
  }
  CHECK(lanes[1]->counters().captured.packets > 0);
  LaneUpdate update;
  CHECK_FALSE(lanes[1]->update(update));  // nobody waits for it
}

}  // namespace
}  // namespace weir
