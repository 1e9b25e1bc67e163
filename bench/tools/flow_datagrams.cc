// SPDX-License-Identifier: Apache-2.0
#include "flow_datagrams.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace weir::bench {

namespace {

constexpr size_t DATAGRAMS = 4096;
/// Every so many datagrams carry the template.
constexpr size_t TEMPLATE_EVERY = 512;
constexpr size_t NETFLOW5_FLOWS = 30;
constexpr size_t TEMPLATED_FLOWS = 30;
constexpr size_t SFLOW_SAMPLES = 7;
constexpr uint16_t TEMPLATE_ID = 256;
constexpr uint32_t UPTIME_MS = 10'000'000;

/// Appends integers in network order.
class Writer {
 public:
  explicit Writer(std::vector<uint8_t>& octets) : octets_(octets) {}

  Writer& put(uint64_t value, size_t width) {
    for (size_t i = width; i-- > 0;) octets_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
  }
  void putAt(size_t at, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i)
      octets_[at + i] = static_cast<uint8_t>(value >> (8 * (width - 1 - i)));
  }
  [[nodiscard]] size_t size() const { return octets_.size(); }

 private:
  std::vector<uint8_t>& octets_;
};

/// A flow that differs from its neighbours as those of a network do.
struct Flow {
  uint32_t source;
  uint32_t destination;
  uint16_t sourcePort;
  uint16_t destinationPort;
  uint32_t octets;
  uint32_t packets;
};

Flow flowOf(size_t number) {
  constexpr std::array<uint16_t, 6> PORTS{443, 80, 53, 22, 6881, 25};
  const uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15U;
  const auto packets = static_cast<uint32_t>(1 + (mixed >> 40U) % 50);
  return {static_cast<uint32_t>(0x0a000000 | (mixed >> 13U & 0xffff)),
          static_cast<uint32_t>(0xc6120000 | (mixed >> 33U & 0xffff)),
          static_cast<uint16_t>(1024 + (mixed >> 20U) % 60'000),
          PORTS[(mixed >> 50U) % PORTS.size()],
          packets * static_cast<uint32_t>(60 + (mixed >> 26U) % 1400),
          packets};
}

struct Field {
  uint16_t element;
  uint16_t length;
};
constexpr std::array<Field, 16> FIELDS{{{8, 4},
                                        {12, 4},
                                        {15, 4},
                                        {10, 4},
                                        {14, 4},
                                        {2, 4},
                                        {1, 4},
                                        {22, 4},
                                        {21, 4},
                                        {7, 2},
                                        {11, 2},
                                        {6, 1},
                                        {4, 1},
                                        {5, 1},
                                        {16, 4},
                                        {17, 4}}};
/// IPFIX has no uptime in its header: times are seconds since the epoch there.
constexpr std::array<uint16_t, 2> IPFIX_TIMES{150, 151};

void putTemplate(Writer& writer, bool isIpfix) {
  writer.put(isIpfix ? 2 : 0, 2).put(8 + 4 * FIELDS.size(), 2);
  writer.put(TEMPLATE_ID, 2).put(FIELDS.size(), 2);
  for (const Field& field : FIELDS) {
    const bool isTime = field.element == 22 || field.element == 21;
    const uint16_t ipfixTime = IPFIX_TIMES[field.element == 22 ? 0 : 1];
    writer.put(isIpfix && isTime ? ipfixTime : field.element, 2).put(field.length, 2);
  }
}

void putRecord(Writer& writer, const Flow& flow, uint32_t time) {
  writer.put(flow.source, 4).put(flow.destination, 4).put(0x0a000001, 4).put(1, 4).put(2, 4);
  writer.put(flow.packets, 4).put(flow.octets, 4).put(time, 4).put(time, 4);
  writer.put(flow.sourcePort, 2).put(flow.destinationPort, 2).put(0x1b, 1).put(6, 1).put(0, 1);
  writer.put(64'500, 4).put(64'501, 4);
}

}  // namespace

Datagrams::Protocol Datagrams::protocolOf(const std::string& name) {
  if (name == "netflow5") return Protocol::NETFLOW5;
  if (name == "netflow9") return Protocol::NETFLOW9;
  if (name == "ipfix") return Protocol::IPFIX;
  if (name == "sflow5") return Protocol::SFLOW5;
  std::fprintf(stderr, "no such protocol: %s\n", name.c_str());
  std::exit(2);
}

Datagrams::Datagrams(const std::string& protocol)
    : protocol_(protocolOf(protocol)),
      all_(DATAGRAMS),
      seconds_(static_cast<uint32_t>(time(nullptr))) {
  for (size_t i = 0; i < DATAGRAMS; ++i) make(i);
}

void Datagrams::make(size_t number) {
  if (protocol_ == Protocol::NETFLOW5) return makeNetflow5(number);
  if (protocol_ == Protocol::SFLOW5) return makeSflow5(number);
  makeTemplated(number);
}

void Datagrams::makeNetflow5(size_t number) {
  Writer writer(all_[number].octets);
  all_[number].flows = NETFLOW5_FLOWS;
  writer.put(5, 2).put(NETFLOW5_FLOWS, 2).put(UPTIME_MS, 4).put(0, 4).put(0, 4).put(0, 4).put(0, 4);
  for (size_t i = 0; i < NETFLOW5_FLOWS; ++i) {
    const Flow flow = flowOf(number * NETFLOW5_FLOWS + i);
    writer.put(flow.source, 4).put(flow.destination, 4).put(0x0a000001, 4).put(1, 2).put(2, 2);
    writer.put(flow.packets, 4).put(flow.octets, 4).put(UPTIME_MS - 5000, 4).put(UPTIME_MS, 4);
    writer.put(flow.sourcePort, 2).put(flow.destinationPort, 2).put(0, 1).put(0x1b, 1).put(6, 1);
    writer.put(0, 1).put(64'500, 2).put(64'501, 2).put(0, 4);
  }
}

void Datagrams::makeTemplated(size_t number) {
  const bool isIpfix = protocol_ == Protocol::IPFIX;
  Writer writer(all_[number].octets);
  const bool hasTemplate = number % TEMPLATE_EVERY == 0;
  all_[number].flows = TEMPLATED_FLOWS - (hasTemplate ? 2 : 0);
  writer.put(isIpfix ? 10 : 9, 2).put(isIpfix ? 0 : all_[number].flows + (hasTemplate ? 1 : 0), 2);
  if (!isIpfix) writer.put(UPTIME_MS, 4);
  writer.put(0, 4).put(0, 4).put(1, 4);
  if (hasTemplate) putTemplate(writer, isIpfix);
  const size_t set = writer.size();
  writer.put(TEMPLATE_ID, 2).put(0, 2);
  for (size_t i = 0; i < all_[number].flows; ++i)
    putRecord(writer, flowOf(number * TEMPLATED_FLOWS + i), isIpfix ? seconds_ : UPTIME_MS);
  while (writer.size() % 4 != 0) writer.put(0, 1);
  writer.putAt(set + 2, writer.size() - set, 2);
  if (isIpfix) writer.putAt(2, writer.size(), 2);
}

/// Flow samples with the headers of Ethernet, IPv4 and TCP.
void Datagrams::makeSflow5(size_t number) {
  constexpr uint32_t RATE = 1000;
  constexpr uint32_t HEADER_OCTETS = 54;
  Writer writer(all_[number].octets);
  all_[number].flows = SFLOW_SAMPLES;
  writer.put(5, 4).put(1, 4).put(0x7f000001, 4).put(0, 4).put(0, 4).put(UPTIME_MS, 4);
  writer.put(SFLOW_SAMPLES, 4);
  for (size_t i = 0; i < SFLOW_SAMPLES; ++i) {
    const Flow flow = flowOf(number * SFLOW_SAMPLES + i);
    const uint32_t padded = (HEADER_OCTETS + 3) / 4 * 4;
    writer.put(1, 4).put(32 + 8 + 16 + padded, 4).put(number * SFLOW_SAMPLES + i, 4).put(3, 4);
    writer.put(RATE, 4).put(0, 4).put(0, 4).put(1, 4).put(2, 4).put(1, 4);
    writer.put(1, 4).put(16 + padded, 4).put(1, 4).put(flow.octets % 1400 + 60, 4).put(4, 4);
    writer.put(HEADER_OCTETS, 4).put(0x0200'0000'0001, 6).put(0x0200'0000'0002, 6).put(0x0800, 2);
    writer.put(0x4500, 2).put(flow.octets % 1400 + 40, 2).put(0, 4).put(0x4006, 2).put(0, 2);
    writer.put(flow.source, 4).put(flow.destination, 4);
    writer.put(flow.sourcePort, 2).put(flow.destinationPort, 2).put(0, 8).put(0x5018, 2).put(0, 6);
    while (writer.size() % 4 != 0) writer.put(0, 1);
  }
}

/// Sequence numbers count flows in v5, datagrams in v9 and sFlow, and records in IPFIX.
void Datagrams::stamp(Made& made) {
  Writer writer(made.octets);
  switch (protocol_) {
    case Protocol::NETFLOW5:
      writer.putAt(8, seconds_, 4);
      writer.putAt(16, sequence_, 4);
      sequence_ += static_cast<uint32_t>(made.flows);
      return;
    case Protocol::NETFLOW9:
      writer.putAt(8, seconds_, 4);
      writer.putAt(12, sequence_++, 4);
      return;
    case Protocol::IPFIX:
      writer.putAt(4, seconds_, 4);
      writer.putAt(8, sequence_, 4);
      sequence_ += static_cast<uint32_t>(made.flows);
      return;
    case Protocol::SFLOW5:
      writer.putAt(16, ++sequence_, 4);
      return;
  }
}

FlowDatagram Datagrams::next() {
  Made& made = all_[next_];
  next_ = (next_ + 1) % all_.size();
  stamp(made);
  return {made.octets, made.flows};
}

}  // namespace weir::bench
