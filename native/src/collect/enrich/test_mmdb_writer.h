// SPDX-License-Identifier: Apache-2.0
// For unit tests only: writes files in the MaxMind DB format, version 2.0
// (https://maxmind.github.io/MaxMind-DB/), with a tree for IPv6 that has IPv4 in ::/96.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "collect/enrich/address_prefix.h"

namespace weir::collect {

/// A value of the data section, as its octets.
struct MmdbValue {
  std::string octets;

  static MmdbValue text(const std::string& value) { return {control(2, value.size()) + value}; }
  static MmdbValue uint16(uint16_t value) { return {control(5, 2) + bigEndian(value, 2)}; }
  static MmdbValue uint32(uint32_t value) { return {control(6, 4) + bigEndian(value, 4)}; }
  static MmdbValue uint64(uint64_t value) { return {control(9, 8) + bigEndian(value, 8)}; }
  static MmdbValue array() { return {control(11, 0)}; }
  static MmdbValue map(const std::vector<std::pair<std::string, MmdbValue>>& pairs) {
    std::string octets = control(7, pairs.size());
    for (const auto& [key, value] : pairs) octets += text(key).octets + value.octets;
    return {octets};
  }

  static std::string bigEndian(uint64_t value, unsigned width) {
    std::string octets;
    for (unsigned at = width; at-- > 0;) octets += static_cast<char>(value >> (at * 8));
    return octets;
  }

 private:
  static std::string control(unsigned type, size_t size) {
    const size_t inFirst = std::min<size_t>(size, 29);
    std::string octets(1, static_cast<char>((type > 7 ? 0 : type << 5) | inFirst));
    if (type > 7) octets += static_cast<char>(type - 7);
    if (inFirst == 29) octets += static_cast<char>(size - 29);
    return octets;
  }
};

class MmdbWriter {
 public:
  void add(const AddressPrefix& prefix, const MmdbValue& value) {
    entries_.push_back({prefix, value});
  }

  /// The whole file.
  [[nodiscard]] std::string file() {
    // A longer prefix splits the shorter one that it is in.
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& one, const Entry& other) {
      return one.prefix.length < other.prefix.length;
    });
    for (const Entry& entry : entries_) insert(entry);
    std::string file;
    for (const Node& node : nodes_)
      for (const Record record : node.records) file += MmdbValue::bigEndian(valueOf(record), 4);
    return file + std::string(16, '\0') + data_ + "\xAB\xCD\xEFMaxMind.com" + metadata().octets;
  }

 private:
  struct Entry {
    AddressPrefix prefix;
    MmdbValue value;
  };

  struct Record {
    enum { EMPTY, NODE, DATA } kind = EMPTY;
    size_t at = 0;
  };

  struct Node {
    Record records[2];
  };

  void insert(const Entry& entry) {
    Address address = entry.prefix.address;
    if (entry.prefix.isIpv4()) address[10] = address[11] = 0;
    const Record record{Record::DATA, data_.size()};
    data_ += entry.value.octets;
    if (entry.prefix.length == 0) {
      nodes_.front() = {{record, record}};
      return;
    }
    size_t node = 0;
    for (unsigned bit = 0;; ++bit) {
      const unsigned side = (address[bit / 8] >> (7 - bit % 8)) & 1;
      if (bit + 1 == entry.prefix.length) {
        nodes_[node].records[side] = record;
        return;
      }
      const Record next = nodes_[node].records[side];
      if (next.kind != Record::NODE) {
        nodes_[node].records[side] = {Record::NODE, nodes_.size()};
        nodes_.push_back({{next, next}});
      }
      node = nodes_[node].records[side].at;
    }
  }

  [[nodiscard]] uint64_t valueOf(Record record) const {
    if (record.kind == Record::NODE) return record.at;
    return record.kind == Record::EMPTY ? nodes_.size() : nodes_.size() + 16 + record.at;
  }

  [[nodiscard]] MmdbValue metadata() const {
    return MmdbValue::map({{"binary_format_major_version", MmdbValue::uint16(2)},
                           {"binary_format_minor_version", MmdbValue::uint16(0)},
                           {"build_epoch", MmdbValue::uint64(1'700'000'000)},
                           {"database_type", MmdbValue::text("Test")},
                           {"description", MmdbValue::map({})},
                           {"ip_version", MmdbValue::uint16(6)},
                           {"languages", MmdbValue::array()},
                           {"node_count", MmdbValue::uint32(static_cast<uint32_t>(nodes_.size()))},
                           {"record_size", MmdbValue::uint16(32)}});
  }

  std::vector<Entry> entries_;
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::string data_;
};

/// As GeoLite2-Country has it.
inline MmdbValue countryValue(const std::string& code) {
  return MmdbValue::map({{"country", MmdbValue::map({{"iso_code", MmdbValue::text(code)}})}});
}

/// As GeoLite2-ASN has it.
inline MmdbValue asnValue(uint32_t number, const std::string& name) {
  return MmdbValue::map({{"autonomous_system_number", MmdbValue::uint32(number)},
                         {"autonomous_system_organization", MmdbValue::text(name)}});
}

}  // namespace weir::collect
