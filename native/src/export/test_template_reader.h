// SPDX-License-Identifier: Apache-2.0
// For tests: a collector that knows nothing of Weir. It reads what the templates on the wire say
// (RFC 3954, RFC 7011) and judges headers, sets and sequences on the way.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "capture/byte_order.h"

namespace weir {

/// Enterprise number and element; scope fields of v9 stand under SCOPE_SPACE.
using FieldKey = std::pair<uint32_t, uint16_t>;
inline constexpr uint32_t SCOPE_SPACE = 0xffffffff;
inline constexpr uint32_t REVERSE_SPACE = 29305;

using Octets = std::vector<uint8_t>;

inline uint64_t integer(const Octets& octets) {
  uint64_t value = 0;
  for (const uint8_t octet : octets) value = value << 8U | octet;
  return value;
}

struct ReadRecord {
  uint16_t templateId = 0;
  std::map<FieldKey, Octets> fields;

  [[nodiscard]] bool has(uint16_t element) const { return fields.contains({0, element}); }
  [[nodiscard]] uint64_t number(uint16_t element) const { return integer(fields.at({0, element})); }
  /// Up to the first zero octet.
  [[nodiscard]] std::string text(uint16_t element) const {
    const Octets& octets = fields.at({0, element});
    const std::string all(octets.begin(), octets.end());
    return all.substr(0, all.find('\0'));
  }
};

class TemplateReader {
 public:
  explicit TemplateReader(uint16_t version) : version_(version) {}

  void read(const Octets& message) {
    REQUIRE(message.size() >= headerBytes());
    CHECK(load16Be(&message[0]) == version_);
    const uint32_t sequence = load32Be(&message[version_ == 9 ? 12 : 8]);
    CHECK(sequence == sequence_);
    readTime(message);
    const size_t dataBefore = flows.size() + options.size();
    const size_t all = readSets(message);
    if (version_ == 9) {
      CHECK(load16Be(&message[2]) == all);
      ++sequence_;
    } else {
      CHECK(load16Be(&message[2]) == message.size());
      sequence_ += static_cast<uint32_t>(flows.size() + options.size() - dataBefore);
    }
  }

  /// A collector forgets templates and sequence with the connection.
  void beginSession() {
    layouts_.clear();
    sequence_ = 0;
  }

  [[nodiscard]] std::vector<ReadRecord> optionsWith(uint16_t element) const {
    std::vector<ReadRecord> found;
    for (const ReadRecord& record : options) {
      if (record.has(element)) found.push_back(record);
    }
    return found;
  }

  std::vector<ReadRecord> flows;
  std::vector<ReadRecord> options;
  size_t templates = 0;
  uint32_t observationDomain = 0;
  int64_t headerMs = 0;
  int64_t bootMs = 0;  ///< v9: when sysUpTime was 0

 private:
  struct Layout {
    std::vector<std::pair<FieldKey, uint16_t>> fields;
    bool isOptions = false;
  };

  [[nodiscard]] size_t headerBytes() const { return version_ == 9 ? 20 : 16; }

  void readTime(const Octets& message) {
    headerMs = int64_t{load32Be(&message[version_ == 9 ? 8 : 4])} * 1000;
    observationDomain = load32Be(&message[version_ == 9 ? 16 : 12]);
    if (version_ == 9) bootMs = headerMs - load32Be(&message[4]);
  }

  size_t readSets(const Octets& message) {
    size_t records = 0;
    size_t at = headerBytes();
    while (at < message.size()) {
      REQUIRE(message.size() - at >= 4);
      const uint16_t id = load16Be(&message[at]);
      const uint16_t length = load16Be(&message[at + 2]);
      REQUIRE(length > 4);
      REQUIRE(at + length <= message.size());
      if (version_ == 9) CHECK(length % 4 == 0);
      records += readSet(id, &message[at + 4], &message[at] + length);
      at += length;
    }
    return records;
  }

  size_t readSet(uint16_t id, const uint8_t* at, const uint8_t* end) {
    const uint16_t first = version_ == 9 ? 0 : 2;
    if (id == first || id == first + 1) return readTemplates(id != first, at, end);
    REQUIRE(id >= 256);
    return readData(id, at, end);
  }

  size_t readTemplates(bool areOptions, const uint8_t* at, const uint8_t* end) {
    size_t count = 0;
    for (; end - at >= 4; ++count) {
      const uint16_t id = load16Be(at);
      CHECK(id >= 256);
      Layout layout;
      layout.isOptions = areOptions;
      at = areOptions ? readOptionsTemplate(at + 2, layout) : readFields(at + 2, layout);
      REQUIRE(at <= end);
      const auto known = layouts_.find(id);
      if (known != layouts_.end()) CHECK(known->second.fields == layout.fields);
      layouts_[id] = layout;
      ++templates;
    }
    return count;
  }

  const uint8_t* readFields(const uint8_t* at, Layout& layout) {
    uint16_t fields = load16Be(at);
    for (at += 2; fields-- > 0;) at = readField(at, layout);
    return at;
  }

  const uint8_t* readOptionsTemplate(const uint8_t* at, Layout& layout) {
    const uint16_t unit = version_ == 9 ? 4 : 1;  // v9 counts octets
    const auto scopes = static_cast<uint16_t>(load16Be(at + (version_ == 9 ? 0 : 2)) / unit);
    const auto fields =
        version_ == 9 ? static_cast<uint16_t>(scopes + load16Be(at + 2) / unit) : load16Be(at);
    CHECK(scopes > 0);
    CHECK(fields > scopes);
    at += 4;
    for (uint16_t i = 0; i < fields; ++i) {
      at = readField(at, layout);
      if (version_ == 9 && i < scopes) layout.fields.back().first.first = SCOPE_SPACE;
    }
    return at;
  }

  const uint8_t* readField(const uint8_t* at, Layout& layout) {
    const uint16_t element = load16Be(at);
    const uint16_t length = load16Be(at + 2);
    const bool isEnterprise = version_ == 10 && (element & 0x8000U) != 0;
    const uint32_t enterprise = isEnterprise ? load32Be(at + 4) : 0;
    const auto number = static_cast<uint16_t>(isEnterprise ? element & 0x7fffU : element);
    layout.fields.push_back({{enterprise, number}, length});
    return at + (isEnterprise ? 8 : 4);
  }

  size_t readData(uint16_t id, const uint8_t* at, const uint8_t* end) {
    REQUIRE(layouts_.contains(id));  // a template goes out before its first use
    const Layout& layout = layouts_.at(id);
    size_t count = 0;
    while (end - at >= 4) {  // less is padding
      ReadRecord record;
      record.templateId = id;
      at = readRecord(at, layout, record);
      REQUIRE(at <= end);
      (layout.isOptions ? options : flows).push_back(std::move(record));
      ++count;
    }
    return count;
  }

  static const uint8_t* readRecord(const uint8_t* at, const Layout& layout, ReadRecord& record) {
    for (const auto& [key, fixed] : layout.fields) {
      const size_t length = fixed == 65535 ? *at++ : fixed;
      CHECK(record.fields.emplace(key, Octets(at, at + length)).second);
      at += length;
    }
    return at;
  }

  uint16_t version_;
  uint32_t sequence_ = 0;
  std::map<uint16_t, Layout> layouts_;
};

}  // namespace weir
