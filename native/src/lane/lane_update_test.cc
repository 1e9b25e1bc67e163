// SPDX-License-Identifier: Apache-2.0
// A running lane takes new signatures and timeouts over without losing a packet.
#include "lane/lane_update.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <thread>

#include "capture/test_captures.h"
#include "lane/lane.h"

namespace weir {
namespace {

using namespace test;

constexpr int64_t SECOND = 1'000'000'000;

std::vector<TestPacket> datagrams(int64_t fromNs, uint16_t firstPort, uint32_t count) {
  std::vector<TestPacket> packets;
  for (uint32_t i = 0; i < count; ++i) {
    const uint16_t port = static_cast<uint16_t>(firstPort + i);
    packets.push_back({fromNs + i, ethernet({}, ipv4({}, udp({port, 7}, text("hello"))))});
  }
  return packets;
}

/// Gives `before`, then nothing until `release`, then `after`.
class PausingSource final : public PacketSource {
 public:
  PausingSource(std::vector<TestPacket> before, std::vector<TestPacket> after)
      : parts_{std::move(before), std::move(after)} {}

  void release() { released_ = true; }
  /// Until the lane has counted all of `before`.
  void waitForPause() const {
    while (!pausing_) std::this_thread::yield();
  }

  size_t receive(std::span<PacketView> batch) override {
    if (part_ == 0 && next_ == parts_[0].size() && released_) part_ = 1, next_ = 0;
    size_t count = 0;
    for (; count < batch.size() && next_ < parts_[part_].size(); ++next_) {
      const TestPacket& packet = parts_[part_][next_];
      const auto length = static_cast<uint32_t>(packet.frame.size());
      batch[count++] = PacketView{.data = packet.frame.data(),
                                  .capturedLengthBytes = length,
                                  .originalLengthBytes = length,
                                  .timestampNs = packet.timestampNs,
                                  .linkType = LinkType::ETHERNET};
      clockNs_ = packet.timestampNs;
    }
    if (count == 0) {
      pausing_ = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return count;
  }
  void stop() override {}
  [[nodiscard]] bool finished() const override { return part_ == 1 && next_ == parts_[1].size(); }
  [[nodiscard]] int64_t clockNs() const override { return clockNs_; }
  [[nodiscard]] CaptureCounters counters() override { return {}; }

 private:
  std::array<std::vector<TestPacket>, 2> parts_;
  size_t part_ = 0;
  size_t next_ = 0;
  int64_t clockNs_ = NO_TIME;
  std::atomic<bool> released_{false};
  std::atomic<bool> pausing_{false};
};

/// Keeps what it is told.
class Notebook final : public RecordExporter {
 public:
  struct Notes {
    std::map<uint32_t, uint64_t> packetsByApplication;
    std::map<EndReason, uint64_t> records;
    std::vector<ApplicationRow> applications;
  };

  explicit Notebook(Notes& notes) : notes_(notes) {}
  void write(const FlowRecord& record) override {
    notes_.packetsByApplication[record.application] += record.forward.packets;
    ++notes_.records[record.endReason];
  }
  void tick(int64_t) override {}
  void setApplications(const std::vector<ApplicationRow>& rows) override {
    notes_.applications = rows;
  }
  void flush() override {}

 private:
  Notes& notes_;
};

std::unique_ptr<Classifier> naming(uint32_t application) {
  SignatureSet set;
  set.patterns = {{.regex = "^hello",
                   .transport = Transport::UDP,
                   .side = StreamSide::CLIENT,
                   .application = application,
                   .source = "test"}};
  return std::make_unique<Classifier>(createMatcherDatabase(Engine::HYPERSCAN, std::move(set)),
                                      ClassifierOptions{});
}

struct LaneRun {
  PausingSource* source;
  Lane lane;
  std::thread thread;

  LaneRun(std::unique_ptr<PausingSource> from, Notebook::Notes& notes)
      : source(from.get()), lane(partsOf(std::move(from), notes)), thread([this] { lane.run(); }) {}

  static LaneParts partsOf(std::unique_ptr<PausingSource> from, Notebook::Notes& notes) {
    LaneParts parts;
    parts.source = std::move(from);
    parts.table = std::make_unique<FlowTable>(FlowTableOptions{}, FlowHash::randomSeed());
    parts.classifier = std::make_unique<ClassifierSuccession>(naming(7));
    parts.exporters.push_back(std::make_unique<Notebook>(notes));
    return parts;
  }
};

TEST_CASE("flows after an update have the new names and timeouts, and every packet is recorded") {
  Notebook::Notes notes;
  // The flows of the second part begin 5 seconds later and end 5 seconds apart: longer than the new
  // idle timeout, shorter than the old one.
  auto after = datagrams(5 * SECOND, 2000, 300);
  after.push_back(datagrams(10 * SECOND, 2000, 1)[0]);
  LaneRun run(std::make_unique<PausingSource>(datagrams(SECOND, 1000, 100), after), notes);
  LaneUpdate update;
  update.classifier = naming(9);
  update.applications = {{9, "new", ""}};
  update.timeouts = {.idleNs = 2 * SECOND, .activeNs = 60 * SECOND};
  run.source->waitForPause();
  CHECK(run.lane.update(update));
  CHECK(update.classifier == nullptr);
  run.source->release();
  run.thread.join();

  CHECK(notes.packetsByApplication == std::map<uint32_t, uint64_t>{{7, 100}, {9, 301}});
  CHECK(notes.records[EndReason::IDLE_TIMEOUT] == 100 + 300);
  REQUIRE(notes.applications.size() == 1);
  CHECK(notes.applications[0].name == "new");
  const LaneCounters counters = run.lane.counters();
  CHECK(counters.captured.packets == 401);
  CHECK(counters.recorded.packets == 401);
  CHECK(counters.classifier.decidedFlows == 401);
}

TEST_CASE("signatures that are out of use are not freed by the lane") {
  Notebook::Notes notes;
  LaneRun run(std::make_unique<PausingSource>(datagrams(SECOND, 1000, 1), datagrams(SECOND, 1, 1)),
              notes);
  std::atomic<bool> isFreed{false};
  std::thread::id freedBy;
  const auto note = [&](const MatcherDatabase*) {
    freedBy = std::this_thread::get_id();
    isFreed = true;
  };
  const auto real = createMatcherDatabase(Engine::NONE, {});
  std::shared_ptr<const MatcherDatabase> noting(real.get(), note);
  run.source->waitForPause();
  for (int reload = 0; reload < 2; ++reload) {
    LaneUpdate update;
    update.classifier = std::make_unique<Classifier>(
        reload == 0 ? std::exchange(noting, nullptr) : real, ClassifierOptions{});
    CHECK(run.lane.update(update));
  }
  while (!isFreed) {
    run.lane.freeReturned();
    std::this_thread::yield();
  }
  CHECK(freedBy == std::this_thread::get_id());
  run.source->release();
  run.thread.join();
}

TEST_CASE("who offers an update to a lane that has left is told so") {
  Notebook::Notes notes;
  LaneRun run(std::make_unique<PausingSource>(datagrams(SECOND, 1000, 1), datagrams(SECOND, 1, 1)),
              notes);
  run.source->release();
  run.thread.join();
  LaneUpdate update;
  CHECK_FALSE(run.lane.update(update));
}

}  // namespace
}  // namespace weir
