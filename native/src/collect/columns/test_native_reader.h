// SPDX-License-Identifier: Apache-2.0
// For unit tests only: reads a block in ClickHouse's Native format from what its documentation
// says, into texts.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::collect {

struct ReadColumn {
  std::string type;
  /// A cell each: numbers as decimal digits, addresses as 32 hexadecimal digits, names as they are.
  std::vector<std::string> cells;
  size_t indexOctets = 0;  ///< of a LowCardinality column
  size_t dictionarySize = 0;
};

struct ReadBlock {
  std::vector<std::string> order;
  std::map<std::string, ReadColumn> columns;
  size_t rows = 0;
};

class NativeReader {
 public:
  explicit NativeReader(std::span<const uint8_t> octets) : rest_(octets) {}

  /// Throws when octets are missing or left over.
  ReadBlock read() {
    ReadBlock block;
    const uint64_t columns = varint();
    block.rows = varint();
    for (uint64_t i = 0; i < columns; ++i) {
      const std::string name = text();
      block.order.push_back(name);
      ReadColumn& column = block.columns[name];
      column.type = text();
      readCells(column, block.rows);
    }
    if (!rest_.empty()) throw std::runtime_error("octets behind the block");
    return block;
  }

 private:
  void readCells(ReadColumn& column, size_t rows) {
    if (column.type == "LowCardinality(String)") return readLowCardinality(column, rows);
    static const std::map<std::string, size_t> WIDTHS = {
        {"UInt8", 1},  {"UInt16", 2}, {"UInt32", 4},
        {"UInt64", 8}, {"IPv6", 16},  {"DateTime64(3, 'UTC')", 8}};
    const size_t width = WIDTHS.at(column.type);
    for (size_t row = 0; row < rows; ++row)
      column.cells.push_back(width == 16 ? hexadecimal(take(16)) : std::to_string(number(width)));
  }

  void readLowCardinality(ReadColumn& column, size_t rows) {
    if (number(8) != 1) throw std::runtime_error("not shared dictionaries");
    const uint64_t flags = number(8);
    if ((flags & ~uint64_t{3}) != 0x600) throw std::runtime_error("other flags");
    column.indexOctets = size_t{1} << (flags & 3);
    std::vector<std::string> keys(number(8));
    for (std::string& key : keys) key = text();
    column.dictionarySize = keys.size();
    if (number(8) != rows) throw std::runtime_error("another number of rows");
    for (size_t row = 0; row < rows; ++row)
      column.cells.push_back(keys.at(number(column.indexOctets)));
  }

  std::span<const uint8_t> take(size_t count) {
    if (rest_.size() < count) throw std::runtime_error("the block ends early");
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  uint64_t number(size_t width) {
    uint64_t value = 0;
    std::memcpy(&value, take(width).data(), width);
    return value;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint64_t octet = number(1);
      value |= (octet & 127) << shift;
      if (octet < 128) return value;
    }
  }

  std::string text() {
    const auto octets = take(varint());
    return {octets.begin(), octets.end()};
  }

  static std::string hexadecimal(std::span<const uint8_t> octets) {
    std::string digits;
    for (const uint8_t octet : octets) {
      digits += "0123456789abcdef"[octet >> 4];
      digits += "0123456789abcdef"[octet & 15];
    }
    return digits;
  }

  std::span<const uint8_t> rest_;
};

}  // namespace weir::collect
