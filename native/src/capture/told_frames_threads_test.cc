// SPDX-License-Identifier: Apache-2.0
// What lanes tell each other while all of them tell and listen. Worth most under ThreadSanitizer.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "capture/told_frames.h"

namespace weir {
namespace {

/// Frame `number` of `lane`: octets and length follow from both, so that a torn one is noticed.
class NumberedFrame {
 public:
  NumberedFrame(uint32_t lane, uint64_t number)
      : bytes_(16 + static_cast<uint32_t>(number * 37 % 2300)),
        octets_(bytes_, static_cast<uint8_t>(number * 31 + lane)) {
    std::memcpy(octets_.data(), &number, sizeof number);
    std::memcpy(octets_.data() + sizeof number, &lane, sizeof lane);
  }

  [[nodiscard]] PacketView view() const {
    return {.data = octets_.data(),
            .capturedLengthBytes = bytes_,
            .originalLengthBytes = bytes_ + 4,
            .timestampNs = -int64_t{bytes_},
            .interfaceIndex = bytes_ + 1,
            .strippedVlanTci = bytes_ % 2 == 0 ? PacketView::NO_VLAN : bytes_,
            .linkType = LinkType::RAW_IP};
  }

 private:
  uint32_t bytes_;
  std::vector<uint8_t> octets_;
};

struct Numbered {
  uint32_t lane;
  uint64_t number;
};

/// Which frame it is; checks that it is whole.
Numbered identify(const PacketView& view) {
  Numbered told{};
  std::memcpy(&told.number, view.data, sizeof told.number);
  std::memcpy(&told.lane, view.data + sizeof told.number, sizeof told.lane);
  const NumberedFrame frame(told.lane, told.number);
  const PacketView whole = frame.view();
  const uint32_t bytes = std::min(whole.capturedLengthBytes, ToldFrame::FRAME_BYTES);
  const bool isWhole =
      view.isOverheard && view.capturedLengthBytes == bytes &&
      std::equal(view.data, view.data + std::min(bytes, view.capturedLengthBytes), whole.data) &&
      view.originalLengthBytes == whole.originalLengthBytes &&
      view.timestampNs == whole.timestampNs && view.interfaceIndex == whole.interfaceIndex &&
      view.strippedVlanTci == whole.strippedVlanTci && view.linkType == whole.linkType;
  CHECK(isWhole);
  return told;
}

/// What a lane heard, by the lane that told it.
struct Hearing {
  explicit Hearing(uint32_t lanes) : next(lanes, 0) {}

  void take(std::span<const PacketView> views) {
    for (const PacketView& view : views) {
      const Numbered told = identify(view);
      CHECK(told.number >= next.at(told.lane));
      next.at(told.lane) = told.number + 1;
      ++heard;
    }
  }

  std::vector<uint64_t> next;  ///< numbers grow
  uint64_t heard = 0;
};

}  // namespace

TEST_CASE("a lane hears each frame of the others once and in order, and none of its own") {
  const auto exchange = std::make_shared<FrameExchange>(3);
  FrameListener one(exchange, 0);
  FrameListener two(exchange, 1);
  FrameListener three(exchange, 2);
  std::array<PacketView, 64> batch;
  CHECK(one.hear(batch) == 0);
  for (uint64_t number = 0; number < 40; ++number) {
    one.tell(NumberedFrame(0, number).view());
    two.tell(NumberedFrame(1, number).view());
  }
  Hearing both(3);
  for (size_t count = 1; count > 0;) {
    count = three.hear(batch);
    CHECK(count <= FrameListener::FRAMES_AT_ONCE);
    both.take(std::span(batch).first(count));
  }
  CHECK(both.heard == 80);
  Hearing other(3);
  for (size_t count = 1; count > 0;) {
    count = one.hear(std::span(batch).first(5));
    other.take(std::span(batch).first(count));
  }
  CHECK(other.heard == 40);
  CHECK(other.next[0] == 0);
  CHECK(one.lostFrames() + three.lostFrames() == 0);
}

TEST_CASE("a lane that is too slow loses the oldest, and counts them") {
  const auto exchange = std::make_shared<FrameExchange>(2);
  FrameListener teller(exchange, 0);
  FrameListener slow(exchange, 1);
  constexpr uint64_t TOLD = ToldFrames::FRAMES + 7;
  for (uint64_t number = 0; number < TOLD; ++number) teller.tell(NumberedFrame(0, number).view());
  std::array<PacketView, 1> batch;
  REQUIRE(slow.hear(batch) == 1);
  CHECK(identify(batch[0]).number == 7);
  CHECK(slow.lostFrames() == 7);
}

TEST_CASE(
    "lanes that tell and listen at the same time miss no frame uncounted, and hear none torn") {
  constexpr uint32_t LANES = 3;
  constexpr uint64_t TOLD = 4 * ToldFrames::FRAMES;
  const auto exchange = std::make_shared<FrameExchange>(LANES);
  std::atomic<uint32_t> telling = LANES;
  const auto tellAndHear = [&](uint32_t lane) {
    FrameListener listener(exchange, lane);
    Hearing hearing(LANES);
    std::array<PacketView, 32> batch;
    const auto hear = [&] {
      const size_t count = listener.hear(batch);
      hearing.take(std::span(batch).first(count));
      return count;
    };
    for (uint64_t number = 0; number < TOLD; ++number) {
      listener.tell(NumberedFrame(lane, number).view());
      if (number % 16 == 0) hear();
    }
    --telling;
    while (telling > 0) hear();
    while (hear() > 0) continue;
    CHECK(hearing.heard > 0);
    CHECK(hearing.heard + listener.lostFrames() == (LANES - 1) * TOLD);
  };
  std::vector<std::thread> threads;
  for (uint32_t lane = 0; lane < LANES; ++lane) threads.emplace_back(tellAndHear, lane);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace weir
