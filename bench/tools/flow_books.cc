// SPDX-License-Identifier: Apache-2.0
#include "flow_books.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "bytes.h"

namespace bench {
namespace {

constexpr uint32_t REVERSE_ENTERPRISE = 29305;  // RFC 5103
constexpr uint16_t VARIABLE_LENGTH = 65535;     // RFC 7011 section 7

// IANA's numbers; NetFlow v9 has the same up to 127.
enum Element : uint16_t {
  OCTET_DELTA_COUNT = 1,
  PACKET_DELTA_COUNT = 2,
  PROTOCOL_IDENTIFIER = 4,
  SOURCE_TRANSPORT_PORT = 7,
  SOURCE_IPV4_ADDRESS = 8,
  DESTINATION_TRANSPORT_PORT = 11,
  DESTINATION_IPV4_ADDRESS = 12,
  SOURCE_IPV6_ADDRESS = 27,
  DESTINATION_IPV6_ADDRESS = 28,
};

uint64_t fingerprintOf(std::span<const uint8_t> octets, uint64_t seed) {
  uint64_t hash = scramble(seed ^ octets.size());
  for (size_t at = 0; at < octets.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, octets.data() + at, std::min<size_t>(8, octets.size() - at));
    hash = scramble(hash ^ word);
  }
  return hash;
}

bool hasPorts(uint8_t protocol) { return protocol == 6 || protocol == 17 || protocol == 132; }

}  // namespace

void FingerprintSet::insert(uint64_t fingerprint) {
  if (size_ * 2 >= slots_.size()) grow();
  fingerprint |= 1;  // zero is an empty slot
  size_t at = (fingerprint >> 1) & (slots_.size() - 1);
  while (slots_[at] != 0 && slots_[at] != fingerprint) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at] == 0) ++size_;
  slots_[at] = fingerprint;
}

void FingerprintSet::grow() {
  std::vector<uint64_t> old(slots_.size() * 2);
  old.swap(slots_);
  size_ = 0;
  for (const uint64_t fingerprint : old) {
    if (fingerprint != 0) insert(fingerprint);
  }
}

/// What is needed of a flow record.
struct FlowBooks::Record {
  std::array<uint8_t, 18> source{};
  std::array<uint8_t, 18> destination{};
  uint8_t protocol = 0;
  std::array<uint64_t, 2> packets{};  ///< forward, reverse
  std::array<uint64_t, 2> octets{};

  void takeField(const Field& field, const uint8_t* at, uint32_t length) {
    const size_t direction = field.enterprise == REVERSE_ENTERPRISE ? 1 : 0;
    if (field.enterprise != 0 && direction == 0) return;
    switch (field.element) {
      case OCTET_DELTA_COUNT:
        if (length <= 8) octets[direction] += readBe(at, length);
        return;
      case PACKET_DELTA_COUNT:
        if (length <= 8) packets[direction] += readBe(at, length);
        return;
      default:
        if (direction == 0) takeKey(field.element, at, length);
    }
  }

  void takeKey(uint16_t element, const uint8_t* at, uint32_t length) {
    switch (element) {
      case PROTOCOL_IDENTIFIER:
        protocol = at[0];
        return;
      case SOURCE_IPV4_ADDRESS:
      case SOURCE_IPV6_ADDRESS:
        std::memcpy(source.data(), at, std::min(length, 16U));
        return;
      case DESTINATION_IPV4_ADDRESS:
      case DESTINATION_IPV6_ADDRESS:
        std::memcpy(destination.data(), at, std::min(length, 16U));
        return;
      case SOURCE_TRANSPORT_PORT:
        std::memcpy(source.data() + 16, at, std::min(length, 2U));
        return;
      case DESTINATION_TRANSPORT_PORT:
        std::memcpy(destination.data() + 16, at, std::min(length, 2U));
        return;
      default:
        return;
    }
  }
};

void FlowBooks::take(std::span<const uint8_t> datagram, uint32_t exporter) {
  ++datagrams_;
  datagramOctets_ += datagram.size();
  if (datagram.size() < 24) {
    ++malformed_;
    return;
  }
  version_ = readBe16(datagram.data());
  dataRecordsOfDatagram_ = 0;
  if (version_ == 5) {
    takeVersion5(datagram, exporter);
  } else if (version_ == 9) {
    const Stream stream{exporter, readBe32(datagram.data() + 16)};
    const uint32_t sequence = readBe32(datagram.data() + 12);
    takeSets(datagram.subspan(20), stream);
    checkSequence(stream, sequence, sequence + 1);
  } else if (version_ == 10) {
    const Stream stream{exporter, readBe32(datagram.data() + 12)};
    const uint32_t sequence = readBe32(datagram.data() + 8);
    takeSets(datagram.subspan(16), stream);
    checkSequence(stream, sequence, sequence + static_cast<uint32_t>(dataRecordsOfDatagram_));
  } else {
    ++malformed_;
  }
}

void FlowBooks::takeVersion5(std::span<const uint8_t> datagram, uint32_t exporter) {
  constexpr size_t HEADER_BYTES = 24;
  constexpr size_t RECORD_BYTES = 48;
  const uint16_t count = readBe16(datagram.data() + 2);
  if (datagram.size() < HEADER_BYTES + count * RECORD_BYTES) {
    ++malformed_;
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* at = datagram.data() + HEADER_BYTES + i * RECORD_BYTES;
    Record record{.protocol = at[38]};
    std::memcpy(record.source.data(), at, 4);
    std::memcpy(record.destination.data(), at + 4, 4);
    std::memcpy(record.source.data() + 16, at + 32, 2);
    std::memcpy(record.destination.data() + 16, at + 34, 2);
    record.packets[0] = readBe32(at + 16);
    record.octets[0] = readBe32(at + 20);
    ++records_;
    addFlow(record);
  }
  const uint32_t sequence = readBe32(datagram.data() + 16);
  checkSequence({exporter, readBe16(datagram.data() + 20)}, sequence, sequence + count);
}

void FlowBooks::checkSequence(Stream stream, uint32_t sequence, uint32_t next) {
  const auto [expected, isFirst] = nextSequence_.try_emplace(stream, sequence);
  const uint32_t gap = sequence - expected->second;
  if (!isFirst && gap < 0x80000000U) sequenceGaps_ += gap;
  expected->second = next;
}

void FlowBooks::takeSets(std::span<const uint8_t> octets, Stream stream) {
  while (octets.size() >= 4) {
    const uint16_t id = readBe16(octets.data());
    const uint16_t length = readBe16(octets.data() + 2);
    if (length < 4 || length > octets.size()) {
      ++malformed_;
      return;
    }
    const auto body = octets.subspan(4, length - 4U);
    if (id < 256) {
      takeTemplates(body, stream, id);
    } else {
      takeData(body, stream, id);
    }
    octets = octets.subspan(length);
  }
}

/// v9: 0 templates, 1 options templates (lengths in octets); IPFIX: 2 and 3 (counts of fields).
void FlowBooks::takeTemplates(std::span<const uint8_t> set, Stream stream, uint16_t setId) {
  const bool isOptions = setId == 1 || setId == 3;
  size_t at = 0;
  while (at + 4 <= set.size()) {
    const uint16_t id = readBe16(set.data() + at);
    size_t count = readBe16(set.data() + at + 2);
    if (id < 256) return;  // padding
    if (setId == 1 && at + 6 <= set.size()) count = (count + readBe16(set.data() + at + 4)) / 4;
    at += isOptions ? 6 : 4;
    Template layout{.isOptions = isOptions};
    for (; count > 0 && at + 4 <= set.size(); --count) {
      Field field{.element = readBe16(set.data() + at), .length = readBe16(set.data() + at + 2)};
      at += 4;
      if (version_ == 10 && (field.element & 0x8000) != 0 && at + 4 <= set.size()) {
        field.element &= 0x7fff;
        field.enterprise = readBe32(set.data() + at);
        at += 4;
      }
      layout.fields.push_back(field);
    }
    templates_[{stream, id}] = layout;
  }
}

void FlowBooks::takeData(std::span<const uint8_t> set, Stream stream, uint16_t templateId) {
  const auto found = templates_.find({stream, templateId});
  if (found == templates_.end()) {
    ++withoutTemplate_;
    return;
  }
  while (!set.empty()) {
    const size_t length = takeRecord(set, found->second, templateId);
    if (length == 0) return;
    set = set.subspan(length);
  }
}

/// Octets of the record; 0: what is left is padding.
size_t FlowBooks::takeRecord(std::span<const uint8_t> octets, const Template& layout,
                             uint16_t templateId) {
  Record record;
  size_t at = 0;
  for (const Field& field : layout.fields) {
    uint32_t length = field.length;
    if (length == VARIABLE_LENGTH && version_ == 10) {
      if (at + 3 > octets.size()) return 0;
      const bool isLong = octets[at] == 255;
      length = isLong ? readBe16(octets.data() + at + 1) : octets[at];
      at += isLong ? 3 : 1;
    }
    if (at + length > octets.size()) return 0;
    if (length > 0 && !layout.isOptions) record.takeField(field, octets.data() + at, length);
    at += length;
  }
  if (at == 0) return 0;
  ++dataRecordsOfDatagram_;
  ++recordsByTemplate_[templateId];
  if (layout.isOptions) {
    ++optionRecords_;
  } else {
    ++records_;
    addFlow(record);
  }
  return at;
}

void FlowBooks::addFlow(const Record& record) {
  packets_ += record.packets[0] + record.packets[1];
  octets_ += record.octets[0] + record.octets[1];
  if (detail_ == Detail::SUMS) return;
  std::array<uint8_t, 18> from = record.source;
  std::array<uint8_t, 18> to = record.destination;
  if (!hasPorts(record.protocol)) {
    // Some write an ICMP type here.
    std::fill(from.begin() + 16, from.end(), 0);
    std::fill(to.begin() + 16, to.end(), 0);
  }
  const auto directed = [&](const auto& left, const auto& right) {
    return fingerprintOf(right, fingerprintOf(left, record.protocol));
  };
  if (record.packets[0] > 0) uniflows_.insert(directed(from, to));
  if (record.packets[1] > 0) uniflows_.insert(directed(to, from));
  flows_.insert(from < to ? directed(from, to) : directed(to, from));
}

void FlowBooks::print(uint64_t kernelDrops) const {
  std::printf("{\"version\":%lu,\"datagrams\":%lu,\"datagramOctets\":%lu,", version_, datagrams_,
              datagramOctets_);
  std::printf("\"records\":%lu,\"optionRecords\":%lu,\"packets\":%lu,\"octets\":%lu,", records_,
              optionRecords_, packets_, octets_);
  if (detail_ == Detail::DISTINCT_FLOWS) {
    std::printf("\"flows\":%lu,\"uniflows\":%lu,", flows_.size(), uniflows_.size());
  }
  std::printf("\"sequenceGaps\":%lu,\"kernelDrops\":%lu,\"malformed\":%lu,\"withoutTemplate\":%lu,",
              sequenceGaps_, kernelDrops, malformed_, withoutTemplate_);
  std::printf("\"recordsByTemplate\":{");
  const char* comma = "";
  for (const auto& [id, records] : recordsByTemplate_) {
    std::printf("%s\"%u\":%lu", comma, id, records);
    comma = ",";
  }
  std::puts("}}");
}

}  // namespace bench
