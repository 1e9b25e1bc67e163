// SPDX-License-Identifier: Apache-2.0
// For unit tests only: flows and packets without a wire.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "classify/classifier.h"
#include "classify/matcher.h"

namespace weir::testing {

inline constexpr uint8_t TCP = 6;
inline constexpr uint8_t UDP = 17;

inline IpAddress ipv4(uint8_t last) {
  IpAddress address{};
  address[10] = address[11] = 0xff;
  address[12] = 192;
  address[14] = 2;
  address[15] = last;
  return address;
}

/// 192.0.2.1:40000 (the client, endpoint A) talks to 192.0.2.2:`serverPort`.
inline FlowEntry newFlow(uint8_t protocol, uint16_t serverPort = 7) {
  FlowEntry entry;
  entry.key.addressA = ipv4(1);
  entry.key.addressB = ipv4(2);
  entry.key.portA = 40000;
  entry.key.portB = serverPort;
  entry.key.protocol = protocol;
  entry.key.ipVersion = 4;
  return entry;
}

/// Borrows `payload`.
inline DecodedPacket packetOf(const FlowEntry& entry, StreamSide side, std::string_view payload,
                              uint32_t sequence = 0, uint16_t flags = 0) {
  DecodedPacket packet;
  packet.key = entry.key;
  packet.timestampNs = 1'000'000'000;
  packet.payload = reinterpret_cast<const uint8_t*>(payload.data());
  packet.payloadLengthBytes = static_cast<uint32_t>(payload.size());
  if (entry.key.protocol == UDP) packet.datagramBytes = packet.payloadLengthBytes;
  packet.tcpSequence = sequence;
  packet.tcpFlags = flags;
  packet.sender = side == StreamSide::CLIENT ? Sender::A : Sender::B;
  return packet;
}

inline Pattern pattern(std::string regex, uint32_t application,
                       Transport transport = Transport::TCP, StreamSide side = StreamSide::CLIENT) {
  return {.regex = std::move(regex),
          .transport = transport,
          .side = side,
          .application = application,
          .protocol = application,
          .source = "test"};
}

inline std::shared_ptr<const MatcherDatabase> databaseOf(std::vector<Pattern> patterns) {
  SignatureSet set;
  set.patterns = std::move(patterns);
  return createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
}

/// Results wait while `isHolding`, and nothing is taken while `isFull`: a device that is slow.
class SlowDatabase final : public MatcherDatabase {
 public:
  explicit SlowDatabase(std::shared_ptr<const MatcherDatabase> inner)
      : MatcherDatabase(inner->signatures()), inner_(std::move(inner)) {}

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override {
    return std::make_unique<SlowMatcher>(*this, inner_->createMatcher(streamSlots));
  }

  bool isHolding = false;
  bool isFull = false;
  mutable size_t polls = 0;  ///< calls of its matchers
  mutable size_t urges = 0;
  mutable size_t ends = 0;  ///< of streams, that they took

 private:
  class SlowMatcher final : public Matcher {
   public:
    SlowMatcher(const SlowDatabase& database, std::unique_ptr<Matcher> inner)
        : database_(database), inner_(std::move(inner)) {}
    size_t submit(std::span<const ScanRequest> requests) override {
      const size_t taken = database_.isFull ? 0 : inner_->submit(requests);
      for (const ScanRequest& request : requests.first(taken))
        database_.ends += request.endOfStream ? 1 : 0;
      return taken;
    }
    PollResult poll(std::span<MatchEvent> events) override {
      ++database_.polls;
      return database_.isHolding ? PollResult{} : inner_->poll(events);
    }

    [[nodiscard]] bool answersAtOnce() const override { return !database_.isHolding; }
    void urge() override { ++database_.urges; }

   private:
    const SlowDatabase& database_;
    std::unique_ptr<Matcher> inner_;
  };

  std::shared_ptr<const MatcherDatabase> inner_;
};

}  // namespace weir::testing
