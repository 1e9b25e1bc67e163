// SPDX-License-Identifier: Apache-2.0
// Export round trip: any records, through each protocol, read by a collector that knows nothing of
// Weir. What each direction of a flow sums up to must come out as it went in.
#include <deque>

#include "export/ipfix_exporter.h"
#include "export/netflow5_exporter.h"
#include "export/netflow9_exporter.h"
#include "message_reader.h"

namespace weir::fuzz {
namespace {

constexpr int64_t START_NS = 1'700'000'000'000'000'000;
constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr size_t MESSAGE_BYTES = 1452;

class CollectingSender final : public MessageSender {
 public:
  explicit CollectingSender(MessageReader& reader) : reader_(reader) {}
  void open() override {}
  [[nodiscard]] size_t maximumMessageBytes() const override { return MESSAGE_BYTES; }
  void send(std::span<const uint8_t> message, const MessageContents& contents) override {
    require(message.size() <= MESSAGE_BYTES, "no message is larger than the path takes");
    reader_.read(ExactBlock(message).view());
    noteSent(message.size(), contents);
  }

 private:
  MessageReader& reader_;
};

/// One direction of a flow, as every protocol says it.
struct Direction {
  std::string source, destination;
  uint64_t sourcePort, destinationPort, protocol, tcpFlags, classOfService;
  int64_t startMs, endMs;
  auto operator<=>(const Direction&) const = default;
};
struct Sum {
  uint64_t packets = 0, octets = 0;
  bool operator==(const Sum&) const = default;
};
using Totals = std::map<Direction, Sum>;

/// Owns the addresses that a FlowRecord borrows.
struct Flow {
  IpAddress addresses[2]{};
  FlowRecord record;
};

void readDirection(FuzzInput& input, DirectionRecord& direction, int64_t nowNs) {
  const auto flags = input.integer<uint16_t>();
  if ((flags & 0x8000U) != 0) return;
  const unsigned large = (flags & 0x4000U) != 0 ? 16 : 0;  // a record's packets fit 32 bits
  direction.packets = 1 + (uint64_t{input.integer<uint16_t>()} << large);
  direction.octets = direction.packets * 20 + (uint64_t{input.integer<uint16_t>()} << large);
  direction.outerOctets = direction.octets;
  direction.icmpTypeCode = input.integer<uint16_t>();
  direction.mplsTopLabel = (flags & 0x2000U) != 0 ? 77 : DecodedPacket::NO_LABEL;
  direction.tcpFlags = flags & 0x1ffU;
  direction.ipClassOfService = input.integer<uint8_t>();
  direction.endMs = nowNs / 1'000'000 - input.integer<uint16_t>();
  direction.startMs = direction.endMs - input.integer<uint16_t>();
}

bool isIcmp(const FlowRecord& record) { return record.protocol == 1 || record.protocol == 58; }

/// As flow records have them: ICMP's type and code in the destination port.
void readPorts(FuzzInput& input, FlowRecord& record) {
  DirectionRecord& forward = record.forward;
  DirectionRecord& reverse = record.reverse;
  forward.sourcePort = reverse.destinationPort = input.integer<uint16_t>();
  forward.destinationPort = reverse.sourcePort = input.integer<uint16_t>();
  for (DirectionRecord* direction : {&forward, &reverse}) {
    if (!isIcmp(record)) direction->icmpTypeCode = 0;
    if (!isIcmp(record)) continue;
    direction->sourcePort = 0;
    direction->destinationPort = direction->icmpTypeCode;
  }
}

Flow readFlow(FuzzInput& input, int64_t nowNs) {
  Flow flow;
  FlowRecord& record = flow.record;
  record.ipVersion = (input.integer<uint8_t>() & 1U) != 0 ? 6 : 4;
  for (IpAddress& address : flow.addresses) {
    const size_t bytes = record.ipVersion == 4 ? 4 : address.size();
    const auto octets = input.take(bytes);
    std::copy(octets.begin(), octets.end(), address.end() - static_cast<ptrdiff_t>(bytes));
    if (record.ipVersion == 4) address[10] = address[11] = 0xff;
  }
  readDirection(input, record.forward, nowNs);
  readDirection(input, record.reverse, nowNs);
  record.protocol = input.integer<uint8_t>();
  readPorts(input, record);
  record.tunnel = static_cast<Tunnel>(input.integer<uint8_t>() % 6);
  record.application = input.integer<uint16_t>();
  record.vlanId = input.integer<uint16_t>() & 0xfffU;
  record.interfaceIndex = input.integer<uint32_t>();
  record.endReason = static_cast<EndReason>(1 + input.integer<uint8_t>() % 5);
  const DirectionRecord& timed = record.forward.packets != 0 ? record.forward : record.reverse;
  record.startNs = timed.startMs * 1'000'000;
  record.endNs = timed.endMs * 1'000'000;
  return flow;
}

std::string octetsOf(const IpAddress& address, uint8_t ipVersion) {
  return {address.end() - (ipVersion == 4 ? 4 : 16), address.end()};
}

void addExpected(Totals& totals, const Flow& flow, uint16_t tcpFlagsMask) {
  const FlowRecord& record = flow.record;
  for (const bool isForward : {true, false}) {
    const DirectionRecord& one = isForward ? record.forward : record.reverse;
    if (one.packets == 0) continue;
    Sum& sum =
        totals[{octetsOf(flow.addresses[isForward ? 0 : 1], record.ipVersion),
                octetsOf(flow.addresses[isForward ? 1 : 0], record.ipVersion), one.sourcePort,
                one.destinationPort, record.protocol, one.tcpFlags & uint64_t{tcpFlagsMask},
                one.ipClassOfService, one.startMs, one.endMs}];
    sum.packets += one.packets;
    sum.octets += one.octets;
  }
}

/// What one direction of a row says; `space` is that of its elements, 0 or RFC 5103's.
struct RowReader {
  const MessageReader::Row& row;
  uint64_t space;

  [[nodiscard]] bool has(uint64_t element) const { return row.fields.contains(space | element); }
  [[nodiscard]] uint64_t value(uint64_t element) const {
    return integerOf(row.fields.at(space | element));
  }
  [[nodiscard]] uint64_t common(uint64_t element) const {
    return integerOf(row.fields.at(element));
  }
  [[nodiscard]] int64_t timeMs(uint64_t milliseconds, uint64_t upTime) const {
    if (has(milliseconds)) return static_cast<int64_t>(value(milliseconds));
    // sysUpTime wraps: its signed distance from the header's is what counts.
    const auto distance = static_cast<uint32_t>(value(upTime)) - row.headerUpTime;
    return row.headerMs + static_cast<int32_t>(distance);
  }
};

constexpr uint64_t REVERSE = uint64_t{29305} << 16U;

void addDirection(Totals& totals, const RowReader& reader) {
  const Fields& fields = reader.row.fields;
  const bool is4 = fields.contains(8);
  const uint64_t icmp = is4 ? 32 : 139;
  std::string source = fields.at(is4 ? 8 : 27);
  std::string destination = fields.at(is4 ? 12 : 28);
  uint64_t sourcePort = reader.has(icmp) ? 0 : reader.common(7);
  uint64_t destinationPort = reader.has(icmp) ? reader.value(icmp) : reader.common(11);
  if (reader.space != 0) {
    std::swap(source, destination);
    if (!reader.has(icmp)) std::swap(sourcePort, destinationPort);
  }
  Sum& sum =
      totals[{source, destination, sourcePort, destinationPort, reader.common(4), reader.value(6),
              reader.value(5), reader.timeMs(152, 22), reader.timeMs(153, 21)}];
  sum.packets += reader.value(2);
  sum.octets += reader.value(1);
}

Totals totalsOf(const MessageReader& reader) {
  Totals totals;
  for (const auto& row : reader.rows) {
    addDirection(totals, {row, 0});
    if (row.fields.contains(REVERSE | 2)) addDirection(totals, {row, REVERSE});
  }
  return totals;
}

struct Input {
  std::deque<Flow> flows;
  std::vector<int64_t> timesNs;  ///< when each of them is written
  TemplateExporterOptions options;
};

/// Writes all flows, the clock going on between them.
void exportAll(MessageExporter& exporter, const Input& input) {
  exporter.open();
  for (size_t i = 0; i < input.flows.size(); ++i) {
    exporter.tick(input.timesNs[i]);
    const Flow& flow = input.flows[i];
    FlowRecord record = flow.record;
    record.forward.sourceAddress = record.reverse.destinationAddress = &flow.addresses[0];
    record.forward.destinationAddress = record.reverse.sourceAddress = &flow.addresses[1];
    exporter.write(record);
  }
  exporter.finish();
}

enum class Families : uint8_t { IPV4_ONLY, BOTH };

Totals expectedOf(const Input& input, Families families, uint16_t tcpFlagsMask) {
  Totals totals;
  for (const Flow& flow : input.flows)
    if (families == Families::BOTH || flow.record.ipVersion == 4)
      addExpected(totals, flow, tcpFlagsMask);
  return totals;
}

template <typename Exporter, typename... Options>
void checkExport(const Input& input, const Totals& expected, const Options&... options) {
  MessageReader reader;
  Exporter exporter(std::make_unique<CollectingSender>(reader), options...);
  exportAll(exporter, input);
  const Totals totals = totalsOf(reader);
  require(totals == expected, "what comes out is what went in");
  uint64_t packets = 0;
  for (const auto& [direction, sum] : totals) packets += sum.packets;
  require(exporter.counters().records == reader.rows.size(), "the exporter counts its records");
  require(exporter.counters().packets == packets, "the exporter counts the packets in them");
}

Input readInput(FuzzInput& octets) {
  Input input;
  input.options.refreshMessages = 1U + octets.integer<uint8_t>();
  input.options.enterpriseNumber = octets.integer<uint8_t>();
  const auto applications = octets.integer<uint8_t>() % 32U;
  for (uint32_t selector = 0; selector < applications; ++selector)
    input.options.applications.push_back({selector, "name", "what it is"});
  int64_t nowNs = START_NS;
  while (!octets.empty()) {
    nowNs += int64_t{octets.integer<uint8_t>()} * SECOND_NS / 8;
    input.timesNs.push_back(nowNs);
    input.flows.push_back(readFlow(octets, nowNs));
  }
  return input;
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput octets(data, size);
  const Input input = readInput(octets);
  checkExport<Netflow5Exporter>(input, expectedOf(input, Families::IPV4_ONLY, 0xff), uint8_t{0});
  checkExport<Netflow9Exporter>(input, expectedOf(input, Families::BOTH, 0xff), input.options);
  const Totals all = expectedOf(input, Families::BOTH, 0x1ff);
  checkExport<IpfixExporter>(input, all, input.options, FlowForm::UNIFLOW);
  checkExport<IpfixExporter>(input, all, input.options, FlowForm::BIFLOW);
  return 0;
}
