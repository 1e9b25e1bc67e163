// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/chunk_names.h"

#include <atomic>

namespace weir::collect {

namespace {

uint64_t nextSerial() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

ChunkNames::ChunkNames() : texts_{std::string_view()}, serial_(nextSerial()) {}

NameId ChunkNames::idOf(std::string_view text) {
  if (text.empty()) return 0;
  const auto known = ids_.find(text);
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<NameId>(texts_.size());
  const auto added = ids_.emplace(std::string(text), id).first;
  texts_.push_back(added->first);
  return id;
}

void ChunkNames::clear() {
  texts_.resize(1);
  ids_.clear();
  serial_ = nextSerial();
}

}  // namespace weir::collect
