// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/block_names.h"

#include <algorithm>

#include "collect/columns/valid_utf8.h"

namespace weir::collect {

namespace {

/// Whole columns have one name, most often none (no GeoIP file, one exporter). Without an early
/// way out, so that the compiler makes vector instructions of it.
bool isUniform(std::span<const NameId> ids) {
  NameId difference = 0;
  for (const NameId id : ids) difference |= id ^ ids.front();
  return difference == 0;
}

}  // namespace

BlockNames::BlockNames(std::span<const FlowColumns* const> chunks) {
  for (const FlowColumns* chunk : chunks) {
    std::vector<uint32_t>& ids = idsOfChunk_.emplace_back(chunk->names.size());
    for (NameId id = 0; id < ids.size(); ++id) ids[id] = idOf(chunk->names.textOf(id));
  }
}

uint32_t BlockNames::idOf(std::string_view text) {
  const auto known = ids_.find(text);
  if (known != ids_.end()) return known->second;
  if (!isValidUtf8(text)) return idOf(repaired_.emplace_back(toValidUtf8(text)));
  const auto id = static_cast<uint32_t>(texts_.size());
  texts_.push_back(text);
  ids_.emplace(text, id);
  return id;
}

NameColumn::NameColumn(const BlockNames& names) : names_(names), byBlockId_(names.size()) {}

void NameColumn::begin(size_t rows) {
  ++columnStamp_;
  dictionary_.clear();
  indexes_.clear();
  indexes_.reserve(rows);
}

void NameColumn::add(size_t chunk, std::span<const NameId> ids) {
  if (ids.empty()) return;
  const std::vector<uint32_t>& blockIds = names_.idsOfChunk(chunk);
  const size_t from = indexes_.size();
  if (isUniform(ids)) {
    indexes_.resize(from + ids.size(), indexOf(blockIds[ids.front()]));
    return;
  }
  indexes_.resize(from + ids.size());
  ++chunkStamp_;
  byChunkId_.resize(std::max(byChunkId_.size(), blockIds.size()));
  uint32_t* const to = indexes_.data() + from;
  for (size_t row = 0; row < ids.size(); ++row) {
    Slot& slot = byChunkId_[ids[row]];
    if (slot.stamp != chunkStamp_) slot = {chunkStamp_, indexOf(blockIds[ids[row]])};
    to[row] = slot.index;
  }
}

uint32_t NameColumn::indexOf(uint32_t blockId) {
  Slot& slot = byBlockId_[blockId];
  if (slot.stamp != columnStamp_) {
    slot = {columnStamp_, static_cast<uint32_t>(dictionary_.size())};
    dictionary_.push_back(blockId);
  }
  return slot.index;
}

}  // namespace weir::collect
