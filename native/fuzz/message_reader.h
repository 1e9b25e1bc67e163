// SPDX-License-Identifier: Apache-2.0
// A collector for harnesses that knows nothing of Weir: reads NetFlow v5 by its layout, v9 and
// IPFIX by the templates they bring (RFC 3954, RFC 7011).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "capture/byte_order.h"
#include "fuzz_input.h"

namespace weir::fuzz {

/// By enterprise number << 16 | element; the value's octets in wire order.
using Fields = std::map<uint64_t, std::string>;

inline uint64_t integerOf(const std::string& octets) {
  uint64_t value = 0;
  for (const char octet : octets) value = value << 8U | static_cast<uint8_t>(octet);
  return value;
}

class MessageReader {
 public:
  struct Row {
    Fields fields;
    int64_t headerMs = 0;       ///< export time
    uint32_t headerUpTime = 0;  ///< v5 and v9: the same as sysUpTime
  };

  void read(std::span<const uint8_t> message) {
    require(message.size() >= 16, "a message has a header");
    switch (load16Be(message.data())) {
      case 5:
        require(load32Be(&message[16]) == rows.size(), "v5 counts flows");
        return readVersion5(message);
      case 9:
        require(load32Be(&message[12]) == messages_++, "v9 counts messages");
        return readSets(message, 20,
                        {.headerMs = int64_t{load32Be(&message[8])} * 1000,
                         .headerUpTime = load32Be(&message[4])});
      case 10:
        require(load16Be(&message[2]) == message.size(), "the length is the message's");
        require(load32Be(&message[8]) == rows.size() + optionsRows.size(),
                "IPFIX counts data records");
        return readSets(message, 16, {.headerMs = int64_t{load32Be(&message[4])} * 1000});
      default:
        require(false, "the version is 5, 9 or 10");
    }
  }

  std::vector<Row> rows;  ///< data records, those of options apart
  std::vector<Row> optionsRows;

 private:
  static constexpr uint16_t VARIABLE = 65535;
  struct Field {
    uint64_t element;
    uint16_t length;
  };
  struct Layout {
    std::vector<Field> fields;
    bool isOptions = false;
  };

  void readVersion5(std::span<const uint8_t> message) {
    static constexpr std::pair<uint16_t, uint16_t> LAYOUT[] = {
        {8, 4}, {12, 4}, {15, 4}, {10, 2}, {14, 2}, {2, 4}, {1, 4}, {22, 4}, {21, 4},
        {7, 2}, {11, 2}, {0, 1},  {6, 1},  {4, 1},  {5, 1}, {0, 4}, {0, 4}};
    constexpr size_t HEADER_BYTES = 24;
    constexpr size_t RECORD_BYTES = 48;
    const uint16_t count = load16Be(&message[2]);
    require(count <= 30 && message.size() == HEADER_BYTES + count * RECORD_BYTES,
            "v5 has the records that it counts, 30 at most");
    Row row{.headerMs = int64_t{load32Be(&message[8])} * 1000 + load32Be(&message[12]) / 1'000'000,
            .headerUpTime = load32Be(&message[4])};
    const uint8_t* at = message.data() + HEADER_BYTES;
    for (uint16_t record = 0; record < count; ++record) {
      for (const auto& [element, length] : LAYOUT) {
        row.fields[element] = std::string(at, at + length);
        at += length;
      }
      rows.push_back(row);
    }
  }

  void readSets(std::span<const uint8_t> message, size_t headerBytes, const Row& header) {
    isIpfix_ = load16Be(message.data()) == 10;
    size_t at = headerBytes;
    size_t records = 0;
    while (at < message.size()) {
      require(message.size() - at >= 4, "a set has a header");
      const uint16_t id = load16Be(&message[at]);
      const uint16_t length = load16Be(&message[at + 2]);
      require(length > 4 && length <= message.size() - at, "a set has content, inside the message");
      if (!isIpfix_) require(length % 4 == 0, "v9 pads its sets");
      records += readSet(id, message.subspan(at + 4, length - 4U), header);
      at += length;
    }
    if (!isIpfix_) require(load16Be(&message[2]) == records, "v9 counts its records");
  }

  size_t readSet(uint16_t id, std::span<const uint8_t> set, const Row& header) {
    const uint16_t templateSet = isIpfix_ ? 2 : 0;
    if (id == templateSet) return readTemplates(set, 4);
    if (id == templateSet + 1) return readTemplates(set, 6);
    require(id >= 256 && layouts_.contains(id), "a template comes before its first use");
    return readData(layouts_[id], set, header);
  }

  /// `headerBytes` 6: options templates, which tell the scope's size besides.
  size_t readTemplates(std::span<const uint8_t> set, size_t headerBytes) {
    size_t count = 0;
    for (; set.size() >= headerBytes; ++count) {
      Layout layout{.isOptions = headerBytes == 6};
      const uint16_t id = load16Be(set.data());
      size_t fields = load16Be(&set[2]);
      if (layout.isOptions && !isIpfix_) fields = (fields + load16Be(&set[4])) / 4;  // octets there
      set = set.subspan(headerBytes);
      for (size_t field = 0; field < fields; ++field) layout.fields.push_back(takeField(set));
      const auto known = layouts_.find(id);
      require(known == layouts_.end() || sameFields(known->second, layout),
              "a template's id never changes its fields");
      layouts_[id] = std::move(layout);
    }
    require(set.size() < 4, "behind the templates there is padding only");
    return count;
  }

  Field takeField(std::span<const uint8_t>& set) const {
    require(set.size() >= 4, "a field specifier is whole");
    uint64_t element = load16Be(set.data());
    const uint16_t length = load16Be(&set[2]);
    set = set.subspan(4);
    if (!isIpfix_ || (element & 0x8000U) == 0) return {element, length};
    require(set.size() >= 4, "an enterprise number is whole");
    element = uint64_t{load32Be(set.data())} << 16U | (element & 0x7fffU);
    set = set.subspan(4);
    return {element, length};
  }

  static bool sameFields(const Layout& one, const Layout& other) {
    return std::equal(one.fields.begin(), one.fields.end(), other.fields.begin(),
                      other.fields.end(), [](const Field& left, const Field& right) {
                        return left.element == right.element && left.length == right.length;
                      });
  }

  static size_t smallest(const Layout& layout) {
    size_t bytes = 0;
    for (const Field& field : layout.fields) bytes += field.length == VARIABLE ? 1 : field.length;
    return bytes;
  }

  size_t readData(const Layout& layout, std::span<const uint8_t> set, Row row) {
    size_t count = 0;
    for (; set.size() >= smallest(layout); ++count) {
      for (const Field& field : layout.fields) row.fields[field.element] = takeValue(field, set);
      (layout.isOptions ? optionsRows : rows).push_back(row);
    }
    require(set.size() < 4, "behind the records there is padding only");
    return count;
  }

  static std::string takeValue(const Field& field, std::span<const uint8_t>& set) {
    size_t length = field.length;
    if (length == VARIABLE) {
      require(!set.empty(), "a length is whole");
      length = set[0];
      set = set.subspan(1);
      if (length == 255) {
        require(set.size() >= 2, "a long length is whole");
        length = load16Be(set.data());
        set = set.subspan(2);
      }
    }
    require(length <= set.size(), "a value is whole");
    const std::string value(set.begin(), set.begin() + static_cast<ptrdiff_t>(length));
    set = set.subspan(length);
    return value;
  }

  std::map<uint16_t, Layout> layouts_;
  uint32_t messages_ = 0;
  bool isIpfix_ = false;
};

}  // namespace weir::fuzz
