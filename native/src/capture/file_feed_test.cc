// SPDX-License-Identifier: Apache-2.0
#include "capture/file_feed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <thread>

#include "capture/capture_error.h"
#include "capture/lane_partition.h"
#include "capture/shared_file_source.h"
#include "capture/test_captures.h"
#include "decode/packet_decoder.h"

using namespace weir;
using namespace weir::test;

namespace {

using Pair = std::pair<IpAddress, IpAddress>;

/// To make a decoder takes as long as to decode thousands of packets.
Decoding decode(const TestPacket& packet, DecodedPacket& decoded) {
  static PacketDecoder decoder;
  return decoder.decode({.data = packet.frame.data(),
                         .capturedLengthBytes = static_cast<uint32_t>(packet.frame.size()),
                         .originalLengthBytes = packet.wireBytes()},
                        decoded);
}

Pair pairOf(const TestPacket& packet) {
  DecodedPacket decoded;
  decode(packet, decoded);
  return {decoded.key.addressA, decoded.key.addressB};
}

Octets fileOf(const std::vector<TestPacket>& packets) {
  return pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets);
}

bool tells(const TestPacket& packet) {
  DecodedPacket decoded;
  return decode(packet, decoded) == Decoding::DONE && decoded.exception == Exception::NONE &&
         isHeardByAllLanes(decoded);
}

/// Of each transport, ports that tell and ports that do not, in IPv4 and IPv6, tagged and not, some
/// in a tunnel, some first fragments.
std::vector<TestPacket> tellingPackets(uint32_t pairs) {
  constexpr std::array<std::array<uint16_t, 2>, 7> PORTS = {
      {{53, 4000}, {4000, 53}, {21, 4000}, {4000, 21}, {5060, 4000}, {4000, 5060}, {80, 4000}}};
  std::vector<TestPacket> packets;
  int64_t timestampNs = 1'700'000'000'000'000'000;
  const auto add = [&](const Octets& frame) {
    packets.push_back({timestampNs += 1'000'000, frame, static_cast<uint32_t>(frame.size())});
  };
  for (uint32_t pair = 0; pair < pairs; ++pair) {
    const std::string one = "10.1." + std::to_string(pair / 250) + "." + std::to_string(pair % 250);
    const std::string six = "2001:db8::" + std::to_string(pair + 1);
    const auto [source, destination] = PORTS[pair % PORTS.size()];
    const Octets datagram = udp({source, destination}, text("told " + std::to_string(pair)));
    const Octets segment = tcp({source, destination}, {}, text("227 told"));
    const Octets inner = ipv4({.source = one, .destination = "10.3.0.1"}, datagram);
    add(ethernet({}, inner));
    add(ethernet({0x0800, {0x88a80005, 0x81000006}},
                 ipv4({.source = one, .destination = "10.3.0.1", .protocol = 6}, segment)));
    add(ethernet({0x86dd}, ipv6({six, "2001:db8:1::1"}, datagram)));
    add(ethernet({0x86dd, {0x81000006}}, ipv6({six, "2001:db8:1::1", 6}, segment)));
    add(ethernet({}, ipv4({.source = one, .destination = "10.4.0.1", .protocol = 4}, inner)));
    add(ethernet({},
                 ipv4({.source = one, .destination = "10.3.0.1", .fragment = 0x2000}, datagram)));
  }
  return packets;
}

struct LaneReading {
  std::vector<TestPacket> packets;
  std::vector<TestPacket> overheard;
  std::vector<int64_t> order;  ///< of both
  int64_t clockNs = 0;
  CaptureCounters counters;
};

/// `after`: packets after which the lane stops, as if it was told to.
LaneReading readLane(SharedFileSource& source, size_t batchFrames, size_t after = SIZE_MAX) {
  LaneReading reading;
  std::vector<PacketView> batch(batchFrames);
  int64_t latestNs = 0;
  while (!source.finished()) {
    const size_t count = source.receive(batch);
    for (size_t i = 0; i < count; ++i) {
      (batch[i].isOverheard ? reading.overheard : reading.packets).push_back(copyOf(batch[i]));
      reading.order.push_back(batch[i].timestampNs);
    }
    for (size_t i = 0; i < count; ++i) latestNs = std::max(latestNs, batch[i].timestampNs);
    if (batchFrames >= FeedBlock::PORTION_FRAMES && count > 0) CHECK(source.clockNs() >= latestNs);
    if (reading.packets.size() >= after) source.stop();
  }
  reading.clockNs = source.clockNs();
  reading.counters = source.counters();
  return reading;
}

/// All lanes at once, each in a thread of its own.
std::vector<LaneReading> readTogether(const std::string& path, uint32_t lanes, size_t batchFrames) {
  const auto feed = std::make_shared<FileFeed>(path, lanes);
  std::vector<LaneReading> readings(lanes);
  std::vector<std::thread> threads;
  feed->open();
  for (uint32_t lane = 0; lane < lanes; ++lane) {
    threads.emplace_back([&, lane] {
      SharedFileSource source(feed, lane);
      readings[lane] = readLane(source, batchFrames);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return readings;
}

bool isEarlier(const TestPacket& one, const TestPacket& other) {
  return one.timestampNs < other.timestampNs;
}

void checkShares(const std::vector<LaneReading>& readings, const std::vector<TestPacket>& packets) {
  std::vector<TestPacket> all;
  std::map<Pair, size_t> laneOfPair;
  for (size_t lane = 0; lane < readings.size(); ++lane) {
    const auto& mine = readings[lane].packets;
    CHECK(std::is_sorted(mine.begin(), mine.end(), isEarlier));
    CHECK(readings[lane].clockNs == packets.back().timestampNs);  // whoever's frame is the last
    CHECK(mine.size() > packets.size() / readings.size() / 2);
    CHECK(std::all_of(mine.begin(), mine.end(), [&](const TestPacket& packet) {
      return laneOfPair.try_emplace(pairOf(packet), lane).first->second == lane;
    }));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end(), isEarlier);
  CHECK(all == packets);
}

}  // namespace

TEST_CASE("the lanes together have each frame once, in order, and each IP pair lives in one lane") {
  const auto packets = packetsOfPairs(3000);  // 3 MB: more blocks than are kept
  const TemporaryFile file(fileOf(packets));
  for (const uint32_t lanes : {2, 3, 4}) {
    for (const size_t batchFrames : {64, 5})
      checkShares(readTogether(file.path(), lanes, batchFrames), packets);
  }
}

TEST_CASE("frames that tell of other flows are overheard by all other lanes, in file order") {
  const auto packets = tellingPackets(500);
  const TemporaryFile file(fileOf(packets));
  for (const uint32_t lanes : {2U, 3U}) {
    const auto readings = readTogether(file.path(), lanes, 64);
    std::vector<TestPacket> telling;
    for (const TestPacket& packet : packets)
      if (tells(packet)) telling.push_back(packet);
    size_t counted = 0;
    for (const LaneReading& reading : readings) {
      counted += reading.packets.size();
      CHECK(std::is_sorted(reading.order.begin(), reading.order.end()));
      std::vector<TestPacket> heard = reading.overheard;
      for (const TestPacket& packet : reading.packets)
        if (tells(packet)) heard.push_back(packet);
      std::sort(heard.begin(), heard.end(), isEarlier);
      CHECK(heard == telling);
    }
    CHECK(counted == packets.size());
  }
}

TEST_CASE("what decode says that all lanes hear, the reader gives to all lanes") {
  const auto check = [](const TestPacket& packet) {
    const auto bytes = static_cast<uint32_t>(packet.frame.size());
    const PacketView view = {.data = packet.frame.data(),
                             .capturedLengthBytes = bytes,
                             .originalLengthBytes = packet.wireBytes()};
    const bool isGiven = chooseLane(view, 2).audience == Audience::ALL_LANES;
    const bool isHeard = tells(packet);
    if (isHeard) CHECK(isGiven);
    DecodedPacket overheard;
    CHECK(PacketDecoder().overhear(view, overheard) == isHeard);
    return isGiven == isHeard;
  };
  for (const TestPacket& packet : tellingPackets(50)) CHECK(check(packet));
  // Frames that are damaged anywhere: the same answer, though the reader may give away more.
  std::mt19937_64 random(1);
  for (TestPacket packet : tellingPackets(2000)) {
    for (int changes = 0; changes < 3; ++changes)
      packet.frame[12 + random() % (packet.frame.size() - 12)] = static_cast<uint8_t>(random());
    packet.frame.resize(random() % 4 == 0 ? random() % packet.frame.size() : packet.frame.size());
    check(packet);
  }
}

TEST_CASE("several lanes share a pipe") {
  const auto packets = packetsOfPairs(20);
  const FilledPipe pipe(fileOf(packets));
  checkShares(readTogether(pipe.path(), 2, 64), packets);
}

TEST_CASE("defects of the file are counted by lane 0 alone") {
  Octets content = fileOf(packetsOfPairs(1));
  content.pop_back();
  const TemporaryFile file(content);
  const auto readings = readTogether(file.path(), 3, 64);
  for (size_t lane = 0; lane < 3; ++lane) {
    CHECK(readings[lane].counters.truncatedFileRecords == (lane == 0 ? 1 : 0));
  }
}

TEST_CASE("a lane that stops, or that never began, holds nobody back") {
  const auto packets = packetsOfPairs(40000);
  const TemporaryFile file(fileOf(packets));
  const auto feed = std::make_shared<FileFeed>(file.path(), 3);
  feed->open();
  SharedFileSource first(feed, 0);
  { const SharedFileSource never(feed, 1); }
  const auto stopping = std::make_unique<SharedFileSource>(feed, 2);
  std::thread short_([&] { readLane(*stopping, 64, 100); });
  const LaneReading reading = readLane(first, 64);
  short_.join();
  CHECK(reading.clockNs == packets.back().timestampNs);
  CHECK(reading.packets.size() > packets.size() / 6);
}

TEST_CASE("a lane waits for one that is far behind, and says that there is nothing yet") {
  const TemporaryFile file(fileOf(packetsOfPairs(40000)));
  const auto feed = std::make_shared<FileFeed>(file.path(), 2);
  feed->open();
  SharedFileSource ahead(feed, 0);
  SharedFileSource behind(feed, 1);
  std::array<PacketView, 64> batch;
  size_t frames = 0;
  for (size_t silent = 0; silent < 2;) {
    const size_t count = ahead.receive(batch);
    frames += count;
    silent += count == 0 ? 1 : 0;
  }
  CHECK_FALSE(ahead.finished());
  behind.stop();
  CHECK(ahead.receive(batch) > 0);
  CHECK(frames > 0);
}

TEST_CASE("the hash needs both addresses in the capture and gives 0 without") {
  const Octets frame = ethernet({0x0800, {0x81000001}}, ipv4({}, udp({}, {})));
  PacketView view = {.data = frame.data(), .capturedLengthBytes = 14 + 4 + 20};
  CHECK(ipPairHash(view) != 0);
  for (uint32_t bytes = 0; bytes < 14 + 4 + 20; ++bytes) {
    const Octets cut(frame.begin(), frame.begin() + bytes);
    CHECK(ipPairHash({.data = cut.data(), .capturedLengthBytes = bytes}) == 0);
  }
}
