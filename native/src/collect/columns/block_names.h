// SPDX-License-Identifier: Apache-2.0
// The names of several chunks under one numbering, and name columns as dictionary and indexes.
// Lives while one block is encoded; borrows the chunks' texts.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// Every text of the chunks once, as valid UTF-8.
class BlockNames {
 public:
  explicit BlockNames(std::span<const FlowColumns* const> chunks);

  [[nodiscard]] size_t size() const noexcept { return texts_.size(); }
  [[nodiscard]] std::string_view textOf(uint32_t id) const { return texts_[id]; }

  /// By NameId of the chunk, the id here.
  [[nodiscard]] const std::vector<uint32_t>& idsOfChunk(size_t chunk) const {
    return idsOfChunk_[chunk];
  }

 private:
  uint32_t idOf(std::string_view text);

  std::vector<std::string_view> texts_;
  std::deque<std::string> repaired_;  ///< texts that no chunk has in valid form
  std::unordered_map<std::string_view, uint32_t> ids_;
  std::vector<std::vector<uint32_t>> idsOfChunk_;
};

/// One name column of all chunks: the texts that it uses, and for each row which of them.
class NameColumn {
 public:
  explicit NameColumn(const BlockNames& names);

  /// Forgets the column before; memory stays.
  void begin(size_t rows);

  /// The rows of the next chunk; `chunk` is its number in BlockNames.
  void add(size_t chunk, std::span<const NameId> ids);

  /// Ids in BlockNames; the position is the index.
  [[nodiscard]] const std::vector<uint32_t>& dictionary() const noexcept { return dictionary_; }
  [[nodiscard]] const std::vector<uint32_t>& indexes() const noexcept { return indexes_; }

 private:
  uint32_t indexOf(uint32_t blockId);

  /// `index`, valid where `stamp` is the present one: so nothing has to be cleared between columns,
  /// of which there are many, with few names in most.
  struct Slot {
    uint32_t stamp = 0;
    uint32_t index = 0;
  };

  const BlockNames& names_;
  std::vector<Slot> byBlockId_;
  std::vector<Slot> byChunkId_;  ///< spares a row the way over the block's id
  uint32_t columnStamp_ = 0;
  uint32_t chunkStamp_ = 0;
  std::vector<uint32_t> dictionary_;
  std::vector<uint32_t> indexes_;
};

}  // namespace weir::collect
