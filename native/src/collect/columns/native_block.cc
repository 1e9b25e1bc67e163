// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/native_block.h"

#include <array>
#include <bit>
#include <concepts>
#include <iterator>
#include <limits>
#include <string_view>
#include <vector>

#include "collect/columns/block_names.h"

namespace weir::collect {

static_assert(std::endian::native == std::endian::little, "Native blocks are little-endian");

namespace {

/// LowCardinality in Native: the version of the keys' form, then flags with the indexes' width.
constexpr uint64_t SHARED_DICTIONARIES = 1;
constexpr uint64_t HAS_ADDITIONAL_KEYS = 1 << 9;
constexpr uint64_t NEEDS_UPDATE = 1 << 10;
enum IndexWidth : uint64_t { UINT8 = 0, UINT16 = 1, UINT32 = 2 };

constexpr std::string_view LOW_CARDINALITY = "LowCardinality(String)";

struct Column {
  std::string_view name;
  std::string_view type;
};

#define WEIR_NAME(Type, name) #name,
constexpr std::string_view NAMES[] = {WEIR_STORED_COLUMNS(WEIR_NAME)};
#undef WEIR_NAME

template <typename Value>
std::span<const uint8_t> octetsOf(std::span<const Value> values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size_bytes()};
}

size_t rowsOf(ChunkList chunks) {
  size_t rows = 0;
  for (const FlowColumns* chunk : chunks) rows += chunk->rows;
  return rows;
}

class BlockEncoder {
 public:
  BlockEncoder(ChunkList chunks, OctetSink& sink)
      : chunks_(chunks), sink_(sink), rows_(rowsOf(chunks)), names_(chunks), nameColumn_(names_) {}

  void encode() {
    putVarint(std::size(NAMES));
    putVarint(rows_);
#define WEIR_PUT(Type, name) putColumn({#name, WEIR_CLICKHOUSE_TYPE_##Type}, &FlowColumns::name);
    WEIR_STORED_COLUMNS(WEIR_PUT)
#undef WEIR_PUT
  }

 private:
  template <typename Value>
  void putColumn(const Column& column, std::vector<Value> FlowColumns::*member) {
    putText(column.name);
    putText(column.type);
    if constexpr (std::same_as<Value, NameId>) {
      if (column.type == LOW_CARDINALITY) return putNames(member);
    }
    for (const FlowColumns* chunk : chunks_)
      sink_.put(octetsOf(std::span<const Value>((chunk->*member).data(), chunk->rows)));
  }

  void putNames(std::vector<NameId> FlowColumns::*member) {
    nameColumn_.begin(rows_);
    for (size_t i = 0; i < chunks_.size(); ++i)
      nameColumn_.add(i, {(chunks_[i]->*member).data(), chunks_[i]->rows});
    const size_t keys = nameColumn_.dictionary().size();
    if (keys <= size_t{std::numeric_limits<uint8_t>::max()} + 1) return putIndexed<uint8_t>(UINT8);
    if (keys <= size_t{std::numeric_limits<uint16_t>::max()} + 1)
      return putIndexed<uint16_t>(UINT16);
    putIndexed<uint32_t>(UINT32);
  }

  template <typename Index>
  void putIndexed(IndexWidth width) {
    putUint64(SHARED_DICTIONARIES);
    putUint64(width | HAS_ADDITIONAL_KEYS | NEEDS_UPDATE);
    putUint64(nameColumn_.dictionary().size());
    for (const uint32_t id : nameColumn_.dictionary()) putText(names_.textOf(id));
    putUint64(rows_);
    const std::vector<uint32_t>& indexes = nameColumn_.indexes();
    if constexpr (std::same_as<Index, uint32_t>) {
      sink_.put(octetsOf(std::span(indexes)));
    } else {
      const std::vector<Index> narrow(indexes.begin(), indexes.end());
      sink_.put(octetsOf(std::span(narrow)));
    }
  }

  void putText(std::string_view text) {
    putVarint(text.size());
    sink_.put(octetsOf(std::span(text)));
  }

  void putUint64(uint64_t value) { sink_.put(octetsOf(std::span<const uint64_t>(&value, 1))); }

  /// LEB128
  void putVarint(uint64_t value) {
    std::array<uint8_t, 10> octets;
    size_t length = 0;
    for (; value >= 128; value >>= 7) octets[length++] = static_cast<uint8_t>(value | 128);
    octets[length++] = static_cast<uint8_t>(value);
    sink_.put({octets.data(), length});
  }

  ChunkList chunks_;
  OctetSink& sink_;
  size_t rows_;
  BlockNames names_;
  NameColumn nameColumn_;
};

}  // namespace

void encodeNativeBlock(ChunkList chunks, OctetSink& sink) { BlockEncoder(chunks, sink).encode(); }

NativeFile writeNativeFile(const std::string& path, ChunkList chunks, Durability durability) {
  const size_t rows = rowsOf(chunks);
  if (rows == 0) return {};
  BlockFile file(path);
  file.open();
  encodeNativeBlock(chunks, file);
  file.commit(durability);
  return {.rows = rows, .octets = file.octets()};
}

}  // namespace weir::collect
