// SPDX-License-Identifier: Apache-2.0
// What a classifier does with a few flows whose packets come in any order and of any content, and
// what it reads of them. The first octet picks the signatures; then come steps: which flow, which
// side and what happens, where in the stream, how many octets, the octets.
#include <array>
#include <vector>

#include "classify/classifier.h"
#include "classify/flow_dissection.h"
#include "classify/matcher.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr size_t FLOWS = 8;  // the first half are of TCP
constexpr uint32_t SLOTS = 4;
constexpr uint32_t EXPECTATIONS = 4;
constexpr size_t SETS = 4;
constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;

constexpr uint32_t SERVICE = 1001;
constexpr KnownApplications KNOWN = {.ftp = 1,
                                     .ftpData = 2,
                                     .sip = 3,
                                     .rtp = 4,
                                     .rtcp = 5,
                                     .tls = 6,
                                     .dtls = 7,
                                     .quic = 8,
                                     .http = 9,
                                     .dns = 10};

struct Regex {
  const char* text;
  uint32_t application;
  uint32_t minimumDatagramBytes = 0;
};

/// Of all sides and transports.
const std::array<std::vector<Regex>, SETS> REGEXES = {{
    {{"^\\x16\\x03", KNOWN.tls},
     {"^\\x16\\xfe", KNOWN.dtls},
     {"^[\\xc0-\\xff]\\x00\\x00\\x00\\x01", KNOWN.quic},
     {"^(GET|POST) ", KNOWN.http},
     {"^..[\\x00\\x01\\x80\\x81].\\x00\\x01", KNOWN.dns},
     {"^220[ -]", KNOWN.ftp},
     {"^(INVITE|SIP/2)", KNOWN.sip}},
    {{"a$", 20}, {"^[a-z]+\\n$", 21}, {"\\x16\\x03", KNOWN.tls}, {"^GET", KNOWN.http}},
    {{"abc", 30}, {"[ab].{30}c", 31}, {"^x", 32, 40}, {"^..\\x01", KNOWN.dns}},
    {{"^never \\x00\\xff never", 40}},
}};

SignatureSet signatures(const std::vector<Regex>& regexes) {
  SignatureSet set;
  for (const Transport transport : {Transport::TCP, Transport::UDP}) {
    for (const StreamSide side : {StreamSide::CLIENT, StreamSide::SERVER}) {
      for (const Regex& regex : regexes) {
        set.patterns.push_back({.regex = regex.text,
                                .transport = transport,
                                .side = side,
                                .application = regex.application,
                                .protocol = regex.application,
                                .minimumDatagramBytes = regex.minimumDatagramBytes,
                                .source = "fuzz"});
      }
    }
  }
  set.serverNames = {{.suffix = "org", .application = SERVICE, .source = "fuzz"}};
  set.known = KNOWN;
  return set;
}

std::shared_ptr<const MatcherDatabase> databaseOf(size_t index) {
  static std::array<std::shared_ptr<const MatcherDatabase>, SETS> databases;
  auto& database = databases[index];
  if (!database) database = createMatcherDatabase(Engine::HYPERSCAN, signatures(REGEXES[index]));
  return database;
}

class Flows {
 public:
  explicit Flows(size_t set)
      : classifier_(databaseOf(set),
                    {.undecidedFlowsMax = SLOTS, .expectationsMax = EXPECTATIONS}) {
    for (size_t i = 0; i < FLOWS; ++i) restart(i);
  }

  void step(FuzzInput& input) {
    const auto what = input.integer<uint8_t>();
    const size_t flow = what % FLOWS;
    const StreamSide side = (what & 8U) != 0 ? StreamSide::SERVER : StreamSide::CLIENT;
    switch (what >> 4U) {
      case 0:
        settle();
        break;
      case 1:
        end(flow);
        break;
      case 2:
        classifier_.setAdmission((what & 8U) != 0 ? Admission::NONE : Admission::ALL);
        break;
      default:
        packet(flow, side, (what >> 4U) == 3 ? TCP_SYN : 0, input);
    }
  }

  void endAll() {
    for (size_t i = 0; i < FLOWS; ++i) end(i);
    settle();
    const ClassifierCounters counters = classifier_.counters();
    require(counters.undecidedFlows == 0, "no flow is undecided");
    require(counters.undecidedFlowBytes == 0, "nothing is held for undecided flows");
    require(counters.keptLabels == 0 && counters.keptFacts == 0, "no label is left");
    require(classifier_.isIdle(), "no slot is taken");
  }

 private:
  void restart(size_t flow) {
    FlowEntry& entry = entries_[flow];
    entry = FlowEntry{};
    entry.key.portA = static_cast<uint16_t>(40000 + flow);
    entry.key.portB = flow % 2 == 0 ? 53 : 443;
    entry.key.protocol = flow < FLOWS / 2 ? TCP : UDP;
    entry.key.ipVersion = 4;
  }

  void packet(size_t flow, StreamSide side, uint16_t flags, FuzzInput& input) {
    FlowEntry& entry = entries_[flow];
    const auto offset = input.integer<int16_t>();
    const auto length = input.integer<uint16_t>() % 1500;
    blocks_.emplace_back(input.take(length));
    uint32_t& sequence = next_[flow][static_cast<size_t>(side)];
    DecodedPacket packet;
    packet.key = entry.key;
    packet.timestampNs = ++clockNs_;
    packet.payload = blocks_.back().view().data();
    packet.payloadLengthBytes = static_cast<uint32_t>(blocks_.back().view().size());
    packet.datagramBytes = packet.payloadLengthBytes;
    // Half of the segments follow the one before.
    packet.tcpSequence = (offset & 1) != 0 ? sequence : sequence + static_cast<uint32_t>(offset);
    packet.tcpFlags = entry.key.protocol == TCP ? flags : uint16_t{0};
    packet.sender = side == StreamSide::CLIENT ? Sender::A : Sender::B;
    sequence = packet.tcpSequence + packet.payloadLengthBytes + (packet.tcpFlags != 0 ? 1 : 0);
    entry.lastNs = packet.timestampNs;
    if (entry.classification == ClassificationState::NEW) ++begun_;
    classifier_.add(entry, packet);
  }

  void settle() {
    for (FlowEntry* entry : classifier_.settle()) {
      require(entry->application != 0, "who is told of has a name");
    }
    blocks_.clear();
    check();
  }

  void end(size_t flow) {
    classifier_.settle(&entries_[flow]);
    classifier_.release(entries_[flow]);
    restart(flow);
    check();
  }

  void check() {
    const ClassifierCounters counters = classifier_.counters();
    const uint64_t sum = counters.decidedFlows + counters.exhaustedFlows + counters.undecidedFlows +
                         counters.endedUndecidedFlows + counters.unscannableFlows +
                         counters.slotShortageFlows + counters.shedFlows;
    require(sum == begun_, "every flow is in one counter");
    uint64_t labels = 0;
    for (const FlowEntry& entry : entries_) labels += checkLabel(entry);
    require(counters.keptLabels == labels, "a label for each flow with a name");
    require(counters.keptFacts <= labels, "facts belong to labels");
    require(counters.scannedOctets <= begun_ * 2 * ClassifierOptions().budgetBytesPerDirection,
            "no flow has more octets scanned than its budget");
  }

  uint64_t checkLabel(const FlowEntry& entry) const {
    const bool hasName =
        entry.classification == ClassificationState::DECIDED && entry.application != 0;
    const FlowLabel* const label = classifier_.labelOf(entry);
    require((label != nullptr) == hasName, "who has a name has a label");
    if (label == nullptr) return 0;
    require(label->protocol != 0, "a name has a protocol");
    if (label->facts != nullptr) {
      require(label->facts->serverName.size() <= 255, "a server's name has a limit");
    }
    return 1;
  }

  Classifier classifier_;
  std::array<FlowEntry, FLOWS> entries_;
  std::array<std::array<uint32_t, 2>, FLOWS> next_{};
  std::vector<ExactBlock> blocks_;  ///< of packets since all were settled
  int64_t clockNs_ = 0;
  uint64_t begun_ = 0;
};

/// Reads a stream at once and in pieces: what is told must not depend on it.
void dissect(FuzzInput& input) {
  const auto what = input.integer<uint8_t>();
  const size_t piece = 1 + input.integer<uint8_t>();
  const auto side = (what & 1U) != 0 ? StreamSide::SERVER : StreamSide::CLIENT;
  const auto transport = (what & 2U) != 0 ? Transport::UDP : Transport::TCP;
  const ExactBlock whole(input.take(SIZE_MAX));
  const auto octets = whole.view();
  const auto atOnce = FlowDissection::begin(transport, side, octets);
  if (transport == Transport::UDP || octets.empty()) return;
  const ExactBlock first(octets.first(std::min(piece, octets.size())));
  const auto inPieces = FlowDissection::begin(transport, side, first.view());
  require(inPieces || !atOnce, "octets that come later save nothing");
  if (!inPieces) return;
  for (size_t at = piece; at < octets.size() && inPieces->isReading(); at += piece) {
    const ExactBlock next(octets.subspan(at, std::min(piece, octets.size() - at)));
    inPieces->add(next.view());
  }
  if (!atOnce) return;
  require(atOnce->isReading() == inPieces->isReading(), "both are done, or neither");
  if (!atOnce->isReading()) require(atOnce->facts() == inPieces->facts(), "both tell the same");
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  const auto kind = input.integer<uint8_t>();
  if (kind % 8 == 7) {
    dissect(input);
    return 0;
  }
  Flows flows(kind % SETS);
  while (!input.empty()) flows.step(input);
  flows.endAll();
  return 0;
}
