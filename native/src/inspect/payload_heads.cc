// SPDX-License-Identifier: Apache-2.0
#include "inspect/payload_heads.h"

#include <map>
#include <utility>

#include "classify/matcher.h"
#include "inspect/payload_streams.h"

namespace weir {
namespace {

constexpr uint64_t OCTETS_MAX = uint64_t{64} << 20U;
/// Of a flow: what its budgets can take of both directions, with some repeated.
constexpr size_t FLOW_PACKETS_MAX = 64;

class HeadCollector final : public WalkObserver {
 public:
  void packet(const FlowEntry& entry, const DecodedPacket& packet) override {
    const bool tells = packet.payloadLengthBytes != 0 || (packet.tcpFlags & TCP_SYN) != 0;
    if (!tells || octets_ > OCTETS_MAX) return;
    KeptFlow& flow = live_[&entry];
    flow.key = entry.key;
    if (flow.kept.size() < FLOW_PACKETS_MAX) {
      flow.kept.push_back(keepPacket(entry, packet, ++flow.packets));
      octets_ += packet.payloadLengthBytes;
    }
  }

  void record(const FlowEntry&, const FlowRecord&) override {}

  void ended(const FlowEntry& entry) override {
    const auto found = live_.find(&entry);
    if (found == live_.end()) return;
    for (PayloadStream& stream : payloadStreams(found->second)) {
      if (stream.octets.empty()) continue;
      heads_.parts[static_cast<size_t>(partOf(stream.transport, stream.side))].push_back(
          {std::move(stream.octets), stream.datagramBytes});
    }
    live_.erase(found);
  }

  PayloadHeads take() { return std::move(heads_); }

 private:
  std::map<const FlowEntry*, KeptFlow> live_;
  PayloadHeads heads_;
  uint64_t octets_ = 0;
};

}  // namespace

PayloadHeads collectHeads(const CaptureWalkOptions& options) {
  HeadCollector collector;
  walkCapture(options, createMatcherDatabase(Engine::NONE, {}), collector);
  return collector.take();
}

}  // namespace weir
