// SPDX-License-Identifier: Apache-2.0
// The streams and datagrams of real captures, cut as they were sent and otherwise: the engines give
// the oracle's events of Weir's signatures and of l7-filter's patterns. Both sets come as dumps,
// see test_signature_dump.h; WEIR_L7_SIGNATURE_DUMP names l7-filter's. WEIR_ALL_CAPTURES=1 reads
// all captures instead of a sample. Skipped where there are none.
#include <array>
#include <set>

#include "capture/capture_error.h"
#include "capture/capture_file.h"
#include "classify/stream_assembler.h"
#include "classify/test_dumped_database.h"
#include "classify/test_stream_oracle.h"
#include "decode/packet_decoder.h"
#include "test_sample.h"

namespace weir {
namespace {

using testing::JudgedDatabase;
using testing::Pieces;

/// What is looked at of a file: enough to meet each protocol, little enough to be done soon.
constexpr uint32_t STREAM_OCTETS = 1500;
constexpr size_t DATAGRAMS_OF_A_SIDE = 2;
constexpr size_t FLOWS_OF_A_FILE = testing::IS_SANITIZED ? 5 : 12;
constexpr size_t SAMPLE_STEP = 4;

struct CapturedSide {
  StreamAssembler assembler;
  Pieces pieces;
};

struct CapturedFlow {
  FlowKey key;
  Sender initiator;
  std::array<CapturedSide, 2> sides;  ///< by StreamSide
};

struct Payload {
  DatabasePart part;
  Pieces pieces;
  bool operator<(const Payload& other) const {
    return std::tie(part, pieces) < std::tie(other.part, other.pieces);
  }
};

class CaptureReading {
 public:
  void read(const std::string& path) {
    flows_.clear();
    CaptureFile file(path);
    file.open();
    PacketDecoder decoder;
    std::array<PacketView, 64> batch;
    while (!file.ended()) {
      const size_t count = file.read(batch);
      std::span<const PacketView> views = std::span(batch).first(count);
      for (DecodedPacket packet; decoder.next(views, packet);) add(packet);
    }
    for (CapturedFlow& flow : flows_) close(flow);
  }

  std::set<Payload> payloads;  ///< each once

 private:
  void add(const DecodedPacket& packet) {
    const bool isTcp = packet.key.protocol == 6;
    const bool isStart = (packet.tcpFlags & TCP_SYN) != 0;
    if (packet.exception != Exception::NONE || (!isTcp && packet.key.protocol != 17)) return;
    if (packet.payloadLengthBytes == 0 && !isStart) return;
    CapturedFlow* flow = find(packet);
    if (flow == nullptr) return;
    const bool isClient = packet.sender == flow->initiator;
    CapturedSide& side = flow->sides[isClient ? 0 : 1];
    const std::span octets(packet.payload, packet.payloadLengthBytes);
    if (isTcp) {
      addSegment(side, packet, octets);
    } else if (side.pieces.size() < DATAGRAMS_OF_A_SIDE) {
      side.pieces.emplace_back(octets.begin(), octets.end());
    }
  }

  void addSegment(CapturedSide& side, const DecodedPacket& packet,
                  std::span<const uint8_t> octets) {
    const uint32_t sequence = packet.tcpSequence + ((packet.tcpFlags & TCP_SYN) != 0 ? 1 : 0);
    if (!side.assembler.isStarted()) side.assembler.start(sequence);
    std::vector<StreamChunk> chunks;
    if (octets.empty()) return;
    side.assembler.add(sequence, octets, STREAM_OCTETS, pool_, chunks);
    for (const StreamChunk& chunk : chunks) {
      side.pieces.emplace_back(chunk.bytes.begin(), chunk.bytes.end());
      if (chunk.block != SegmentPool::NO_BLOCK) pool_.giveBack(chunk.block);
    }
  }

  CapturedFlow* find(const DecodedPacket& packet) {
    for (CapturedFlow& flow : flows_) {
      if (flow.key == packet.key) return &flow;
    }
    if (flows_.size() == FLOWS_OF_A_FILE) return nullptr;
    return &flows_.emplace_back(CapturedFlow{packet.key, packet.sender, {}});
  }

  void close(CapturedFlow& flow) {
    const auto transport = flow.key.protocol == 6 ? Transport::TCP : Transport::UDP;
    for (const StreamSide side : {StreamSide::CLIENT, StreamSide::SERVER}) {
      CapturedSide& captured = flow.sides[static_cast<size_t>(side)];
      captured.assembler.clear(pool_);
      const DatabasePart part = partOf(transport, side);
      if (transport == Transport::UDP) {
        for (std::string& datagram : captured.pieces) payloads.insert({part, {datagram}});
      } else if (!captured.pieces.empty()) {
        payloads.insert({part, captured.pieces});
      }
    }
  }

  std::vector<CapturedFlow> flows_;
  SegmentPool pool_{1024};
};

std::set<Payload> capturedPayloads() {
  CaptureReading reading;
  for (const std::string& path : testing::applicationCaptures(SAMPLE_STEP)) {
    try {
      reading.read(path);
    } catch (const CaptureError&) {
      continue;  // a link type that Weir does not read: nothing to judge
    }
  }
  return std::move(reading.payloads);
}

constexpr std::array ENGINES = {Engine::HYPERSCAN, Engine::EMULATOR};

void judgeAll(const char* dump, Engine engine) {
  JudgedDatabase judged(testing::dumpedDatabase(engine, dump));
  std::mt19937 random(31);
  size_t events = 0;
  static const std::set<Payload> PAYLOADS = capturedPayloads();
  for (const Payload& payload : PAYLOADS) {
    events += judged.judge(payload.part, payload.pieces);
    if (payload.part == DatabasePart::UDP_CLIENT || payload.part == DatabasePart::UDP_SERVER) {
      continue;
    }
    const std::string whole = testing::joined(payload.pieces);
    judged.judge(payload.part, testing::cutAtRandom(whole, payload.part, 5, random));
  }
  MESSAGE(PAYLOADS.size() << " payloads, " << events << " events");
  CHECK(events > 50);
}

TEST_CASE("captured payloads give the oracle's events of Weir's signatures, by each engine") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr || testing::applicationCaptures(1).empty()) {
    MESSAGE("skipped: no dump or no captures");
    return;
  }
  for (const Engine engine : ENGINES) judgeAll("WEIR_SIGNATURE_DUMP", engine);
}

TEST_CASE("captured payloads give the oracle's events of l7-filter's patterns, by each engine") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment("WEIR_L7_SIGNATURE_DUMP");
  if (dump == nullptr || testing::applicationCaptures(1).empty()) {
    MESSAGE("skipped: no dump or no captures");
    return;
  }
  for (const Engine engine : ENGINES) judgeAll("WEIR_L7_SIGNATURE_DUMP", engine);
}

}  // namespace
}  // namespace weir
