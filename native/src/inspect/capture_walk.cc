// SPDX-License-Identifier: Apache-2.0
#include "inspect/capture_walk.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "capture/file_source.h"
#include "decode/packet_decoder.h"

namespace weir {
namespace {

class CaptureWalk final : private FlowSink {
 public:
  CaptureWalk(const CaptureWalkOptions& options, std::shared_ptr<const MatcherDatabase> database,
              WalkObserver& observer)
      : source_(options.path),
        decoder_(options.decode),
        table_(options.flows, FlowHash::randomSeed()),
        classifier_(std::move(database), {}),
        observer_(observer) {}

  void run() {
    source_.open();
    while (!source_.finished()) {
      const size_t received = source_.receive(views_);
      process(std::span<const PacketView>(views_.data(), received));
      if (source_.clockNs() != PacketSource::NO_TIME) settleUntil(source_.settledNs());
    }
    decoder_.flush();
    process({});
    table_.flush(source_.clockNs(), *this);
  }

 private:
  void process(std::span<const PacketView> views) {
    DecodedPacket packet;
    while (decoder_.next(views, packet)) {
      if (packet.exception != Exception::NONE) continue;
      const uint32_t hash = table_.locate(packet);
      FlowEntry& entry = table_.update(packet, hash, table_.fetch(hash), *this);
      observer_.packet(entry, packet);
      classifier_.add(entry, packet);
    }
    classifier_.settle();
  }

  void settleUntil(int64_t settledNs) {
    decoder_.settle(settledNs);
    if (decoder_.hasReleased()) process({});
    table_.advance(std::min(settledNs, decoder_.oldestHeldNs()), *this);
  }

  void record(FlowEntry& entry, EndReason reason) override {
    if (entry.classification == ClassificationState::SCANNING || entry.announced != 0)
      classifier_.settle(&entry);
    FlowRecord record = table_.recordOf(entry, reason);
    const FlowName name = classifier_.nameOf(entry);
    record.application = name.application;
    record.label = name.label;
    observer_.record(entry, record);
  }

  void ended(FlowEntry& entry) override {
    observer_.ended(entry);
    classifier_.release(entry);
  }

  static constexpr size_t BATCH_PACKETS = 64;

  FileSource source_;
  PacketDecoder decoder_;
  FlowTable table_;
  Classifier classifier_;
  WalkObserver& observer_;
  std::array<PacketView, BATCH_PACKETS> views_;
};

}  // namespace

void walkCapture(const CaptureWalkOptions& options, std::shared_ptr<const MatcherDatabase> database,
                 WalkObserver& observer) {
  CaptureWalk(options, std::move(database), observer).run();
}

}  // namespace weir
